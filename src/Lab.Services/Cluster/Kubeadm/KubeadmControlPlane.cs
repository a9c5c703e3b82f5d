using System.Security.Cryptography;
using System.Text.Json;
using Lab.Host.Processes;
using Lab.Model.Errors;
using Lab.Services.Cluster.Access;

namespace Lab.Services.Cluster.Kubeadm;

/// <summary>
/// A control plane of plain processes: certificates, kubeconfigs and uploaded configuration by kubeadm's own phases, etcd on Unix sockets, and
/// the three servers. No node runs on this host.
/// </summary>
internal sealed class KubeadmControlPlane : IControlPlane
{
    private const string ConfigurationFile = "kubeadm.yaml";

    // Between two looks at an API server that starts; it has no event for being ready.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly ClusterOptions _options;
    private readonly ClusterAddresses _addresses;
    private readonly KubernetesRelease _release;
    private readonly ComponentCommands _commands;
    private readonly string _folder;
    private readonly string _logs;
    private readonly ClusterComponent _etcd;
    private readonly ClusterComponent _apiServer;
    private readonly ClusterComponent _controllerManager;
    private readonly ClusterComponent _scheduler;
    private readonly CancellationTokenSource _stop = new();
    private (string What, ClusterComponent Component)? _waitingFor;
    private Task _keeper = Task.CompletedTask;

    public KubeadmControlPlane(
        KubernetesBinaries binaries,
        ClusterOptions options,
        ClusterAddresses addresses,
        string folder,
        string logs
    )
    {
        _options = options;
        _addresses = addresses;
        _release = new KubernetesRelease(binaries.Version);
        _commands = new ComponentCommands(binaries, addresses, options, folder);
        _folder = folder;
        _logs = logs;
        _etcd = Component(_commands.ForEtcd(), [.. ComponentCommands.EtcdSockets]);
        _apiServer = Component(_commands.ForApiServer());
        _controllerManager = Component(_commands.ForControllerManager());
        _scheduler = Component(_commands.ForScheduler());
        Failed = FirstFailureAsync();
    }

    public Task<LabException?> Failed { get; }

    public string Standing =>
        _waitingFor is var (what, component) ? $"{what}; the last lines of {component.Name}:\n{component.LastLines(10)}" : "";

    private ClusterComponent[] All => [_etcd, _apiServer, _controllerManager, _scheduler];

    public async Task<string> PrepareAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, ConfigurationFile),
            KubeadmConfiguration.Write(_release, _addresses, Path.Combine(_folder, "pki"), _options),
            cancellationToken
        );
        // etcd needs no certificates: it starts beside their making.
        var etcd = _etcd.StartAsync(cancellationToken);
        await KubeadmAsync(["certs", "ca"], [], cancellationToken);
        await Task.WhenAll(
            etcd,
            KubeadmAsync(["certs", "all"], [], cancellationToken),
            KubeadmAsync(["kubeconfig", "all"], ["--kubeconfig-dir", _folder], cancellationToken)
        );
        // A node's credentials, though there is no node here.
        File.Delete(PathOf("kubelet.conf"));
        foreach (var file in (string[])["controller-manager.conf", "scheduler.conf", _release.AdministratorKubeconfig])
            await PointAsync(PathOf(file), _addresses.Component, cancellationToken);
        return PathOf(_release.AdministratorKubeconfig);
    }

    public async Task StartAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        // Where etcd ends, the API server would wait for it for ever.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var starting = StartAllAsync(api, stop.Token);
        if (await Task.WhenAny(starting, Failed) == Failed && await Failed is { } failure)
        {
            await stop.CancelAsync();
            await starting.ContinueWith(_ => { }, TaskScheduler.Default);
            throw failure;
        }
        await starting;
    }

    private async Task StartAllAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        _waitingFor = ("the API server is not ready", _apiServer);
        await _apiServer.StartAsync(cancellationToken);
        await UntilAsync(_apiServer, () => api.AnswersAsync("/readyz", cancellationToken), cancellationToken);
        var authority = await File.ReadAllTextAsync(PathOf("pki/ca.crt"), cancellationToken);
        _waitingFor = ("what joining nodes look for is not uploaded", _apiServer);
        await Task.WhenAll(
            _controllerManager.StartAsync(cancellationToken),
            _scheduler.StartAsync(cancellationToken),
            JoinObjects.ApplyAsync(api, _addresses.Board, authority, cancellationToken),
            UploadAsync(api, cancellationToken)
        );
        _waitingFor = ("the cluster's address is not signed", _controllerManager);
        _keeper = new SignatureKeeper(api, _options.Time).RunAsync(_stop.Token);
        await SeeSignedAsync(api, cancellationToken);
    }

    public async Task RestartAsync(string component, ClusterApi api, CancellationToken cancellationToken)
    {
        var found =
            All.FirstOrDefault(one => one.Name == component)
            ?? throw new ArgumentException($"No component {component}.", nameof(component));
        await found.RestartAsync(cancellationToken);
        await UntilAsync(found, () => api.AnswersAsync("/readyz", cancellationToken), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeper.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
        // The API server does not heed SIGTERM when etcd has gone before it. What is not kept need not be closed in order.
        if (_options.StateFolder is not null)
        {
            await Task.WhenAll(_scheduler.StopAsync(Grace), _controllerManager.StopAsync(Grace));
            await _apiServer.StopAsync(Grace);
            await _etcd.StopAsync(Grace);
        }
        foreach (var component in Enumerable.Reverse(All))
            await component.DisposeAsync();
    }

    private async Task UploadAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        // kubeadm notes the runtime's socket on the node of the control plane, and waits for it; here there is none.
        const string Nodes = "/api/v1/nodes";
        await Task.WhenAll(UploadConfigAsync("kubeadm", cancellationToken), UploadKubeletAsync());

        async Task UploadKubeletAsync()
        {
            var node = JsonSerializer.Serialize(
                new
                {
                    apiVersion = "v1",
                    kind = "Node",
                    metadata = new
                    {
                        name = KubeadmConfiguration.PlaceholderNode,
                        labels = new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            ["kubernetes.io/hostname"] = KubeadmConfiguration.PlaceholderNode,
                        },
                    },
                    spec = new { unschedulable = true },
                }
            );
            await api.ApplyAsync($"{Nodes}/{KubeadmConfiguration.PlaceholderNode}", node, cancellationToken);
            await UploadConfigAsync("kubelet", cancellationToken);
            await api.SendAsync(
                HttpMethod.Delete,
                $"{Nodes}/{KubeadmConfiguration.PlaceholderNode}",
                null,
                "",
                cancellationToken
            );
        }
    }

    // kubeadm gives a request ten seconds, which a busy machine may not have. The phase can be done again.
    private async Task UploadConfigAsync(string what, CancellationToken cancellationToken)
    {
        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await KubeadmAsync(["upload-config", what], Administrator, cancellationToken);
                return;
            }
            catch (LabException) when (attempt < Attempts)
            {
                // The next attempt says why if it fails for good.
            }
        }
    }

    private string[] Administrator => ["--kubeconfig", PathOf(_release.AdministratorKubeconfig)];

    /// <summary>With a token that nobody is told, and which is gone again at once: whether joining nodes would find the signature they look for.</summary>
    private async Task SeeSignedAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 6);
        var path = $"/api/v1/namespaces/kube-system/secrets/bootstrap-token-{id}";
        await api.ApplyAsync(path, ProbeToken(id), cancellationToken);
        var watch = new CollectionWatch(
            api,
            "/api/v1/namespaces/kube-public/configmaps?fieldSelector=metadata.name%3Dcluster-info",
            _options.Time
        );
        await _controllerManager.WaitUntilAsync(
            watch.WaitAsync(
                items => items.Any(item => item.GetProperty("data").TryGetProperty($"jws-kubeconfig-{id}", out _)),
                cancellationToken
            ),
            cancellationToken
        );
        await api.SendAsync(HttpMethod.Delete, path, null, "", cancellationToken);
    }

    private string ProbeToken(string id) =>
        JsonSerializer.Serialize(
            new
            {
                apiVersion = "v1",
                kind = "Secret",
                metadata = new { name = $"bootstrap-token-{id}", @namespace = "kube-system" },
                type = "bootstrap.kubernetes.io/token",
                stringData = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["token-id"] = id,
                    ["token-secret"] = RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 16),
                    ["expiration"] = _options.Time.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-ddTHH:mm:ssZ"),
                    // It signs and does not authenticate.
                    ["usage-bootstrap-signing"] = "true",
                },
            }
        );

    private async Task KubeadmAsync(string[] phase, string[] more, CancellationToken cancellationToken)
    {
        var process = await _options.Owner.StartAsync(
            _commands.ForKubeadm(["init", "phase", .. phase, "--config", ConfigurationFile, .. more]),
            cancellationToken
        );
        try
        {
            if (await process.Exited.WaitAsync(cancellationToken) != 0)
                throw process.ExitedEarly($"it was to do the phase {string.Join(' ', phase)}");
        }
        finally
        {
            await process.KillAsync();
            await File.WriteAllLinesAsync(
                Path.Combine(_logs, $"kubeadm-{string.Join('-', phase)}.log"),
                process.LastLines,
                CancellationToken.None
            );
        }
    }

    private async Task UntilAsync(ClusterComponent component, Func<Task<bool>> ready, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var polling = PollAsync(stop.Token);
        try
        {
            await component.WaitUntilAsync(polling, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
        }

        async Task PollAsync(CancellationToken token)
        {
            while (!await ready())
                await Task.Delay(Pause, _options.Time, token);
        }
    }

    private async Task<LabException?> FirstFailureAsync()
    {
        var waiting = All.Select(component => component.Failed).ToList();
        while (waiting.Count > 0)
        {
            var ended = await Task.WhenAny(waiting);
            if (await ended is { } failure)
                return failure;
            waiting.Remove(ended);
        }
        return null;
    }

    private ClusterComponent Component(ProcessCommand command, params string[] leftovers) =>
        new(_options.Owner, command, Path.Combine(_logs, $"{command.Name}.log"), [.. leftovers.Select(PathOf)]);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static async Task PointAsync(string path, Uri server, CancellationToken cancellationToken) =>
        await File.WriteAllTextAsync(
            path,
            Kubeconfig.Point(await File.ReadAllTextAsync(path, cancellationToken), server),
            cancellationToken
        );
}
