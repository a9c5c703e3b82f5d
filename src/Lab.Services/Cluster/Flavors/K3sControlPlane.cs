using System.Globalization;
using System.Security.Cryptography;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;
using Lab.Services.Cluster.Access;

namespace Lab.Services.Cluster.Flavors;

/// <summary>A control plane of k3s: one process, no node beside it. It makes its keys itself when it starts.</summary>
internal sealed class K3sControlPlane : IControlPlane
{
    private const string KubeconfigName = "k3s.yaml";
    private const string TokenName = "token";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ClusterOptions _options;
    private readonly string _folder;
    private readonly ClusterComponent _server;

    public K3sControlPlane(K3sBinaries binaries, ClusterOptions options, ClusterAddresses addresses, string folder, string logs)
    {
        _options = options;
        _folder = folder;
        _server = new ClusterComponent(
            options.Owner,
            new ProcessCommand(binaries.Server, Arguments(options, addresses, folder))
            {
                Name = "k3s",
                WorkingDirectory = folder,
                EnterPrefix = options.Segment?.EnterPrefix ?? [],
            },
            Path.Combine(logs, "k3s.log")
        );
    }

    public Task<LabException?> Failed => _server.Failed;

    public string Standing => $"k3s is not ready; its last lines:\n{_server.LastLines(10)}";

    public async Task<string> PrepareAsync(CancellationToken cancellationToken)
    {
        var token = Path.Combine(_folder, TokenName);
        if (!File.Exists(token))
        {
            await File.WriteAllTextAsync(token, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), cancellationToken);
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        var kubeconfig = Path.Combine(_folder, KubeconfigName);
        File.Delete(kubeconfig);
        await _server.StartAsync(cancellationToken);
        await _server.WaitUntilAsync(FileArrival.WaitAsync(kubeconfig, cancellationToken), cancellationToken);
        return kubeconfig;
    }

    public Task StartAsync(ClusterApi api, CancellationToken cancellationToken) => UntilReadyAsync(api, cancellationToken);

    public async Task RestartAsync(string component, ClusterApi api, CancellationToken cancellationToken)
    {
        // All components are in the one process.
        await _server.RestartAsync(cancellationToken);
        await UntilReadyAsync(api, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_options.StateFolder is not null)
            await _server.StopAsync(Grace);
        await _server.DisposeAsync();
    }

    internal static IReadOnlyList<string> Arguments(ClusterOptions options, ClusterAddresses addresses, string folder) =>
        [
            "server",
            $"--data-dir={folder}",
            $"--token-file={Path.Combine(folder, TokenName)}",
            $"--write-kubeconfig={Path.Combine(folder, KubeconfigName)}",
            "--write-kubeconfig-mode=600",
            $"--bind-address={addresses.Bind}",
            $"--https-listen-port={addresses.Port}",
            $"--advertise-address={addresses.BoardHost}",
            $"--tls-san={addresses.BoardHost}",
            $"--cluster-cidr={options.PodSubnet}",
            $"--service-cidr={options.ServiceSubnet}",
            $"--cluster-dns={options.ClusterDns}",
            "--disable-agent",
            "--disable=coredns,servicelb,traefik,local-storage,metrics-server",
            "--disable-cloud-controller",
            "--disable-helm-controller",
            "--flannel-backend=none",
            "--disable-network-policy",
            .. Extra("kube-controller-manager-arg", $"node-monitor-grace-period={Seconds(options.NodeGrace)}s"),
            .. Extra(
                "kube-apiserver-arg",
                $"default-not-ready-toleration-seconds={Seconds(options.EvictionDelay)}",
                $"default-unreachable-toleration-seconds={Seconds(options.EvictionDelay)}"
            ),
            .. options.AuthorizerKubeconfig is { } kubeconfig
                ? Extra(
                    "kube-apiserver-arg",
                    "authorization-mode=Webhook,Node,RBAC",
                    $"authorization-webhook-config-file={Path.GetFullPath(kubeconfig)}",
                    "authorization-webhook-version=v1",
                    "authorization-webhook-cache-authorized-ttl=1s",
                    "authorization-webhook-cache-unauthorized-ttl=1s"
                )
                : [],
        ];

    private async Task UntilReadyAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        await _server.WaitUntilAsync(PollAsync(), cancellationToken);

        async Task PollAsync()
        {
            while (!await api.AnswersAsync("/readyz", cancellationToken))
                await Task.Delay(Pause, _options.Time, cancellationToken);
        }
    }

    private static IEnumerable<string> Extra(string flag, params IEnumerable<string> values) =>
        values.Select(value => $"--{flag}={value}");

    private static string Seconds(TimeSpan span) => ((long)span.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
