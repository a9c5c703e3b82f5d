using Lab.BootAgent.Events;
using Lab.BootAgent.Interop;
using Lab.BootAgent.Node;
using Lab.BootAgent.Supervision;

namespace Lab.BootAgent.Cluster;

/// <summary>Joins the cluster by kubeadm, as a person would, and keeps kubelet and kube-proxy running from then on.</summary>
internal sealed class ClusterJoin : IDisposable
{
    /// <summary>Pauses before the second try and the later ones: an API server that is being restarted comes back within them.</summary>
    private static readonly int[] PauseSeconds = [2, 5, 10, 20, 30, 30];

    private const string KubeletStarts = "[kubelet-start] Starting the kubelet";
    private const string Denied = "certificate signing request is denied";

    // What kubeadm says every five seconds of a token that the cluster does not know, in case it comes to know it: the signature of a
    // new one takes a moment.
    private const string UnknownToken = "JWS signature for token ID";
    private const int UnknownTokenLimit = 8;
    private const int TokenTries = 2;

    private readonly JoinFiles _files;
    private readonly BoundedLog _kubeadmLog;
    private readonly Service _kubelet;
    private readonly EventWriter _events;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _denied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopped = new();
    private readonly string _logs;
    private Service? _proxy;

    public ClusterJoin(JoinFiles files, string logs, EventWriter events, TimeProvider time)
    {
        _files = files;
        _logs = logs;
        _events = events;
        _time = time;
        _kubeadmLog = new BoundedLog(logs, "kubeadm");
        _kubelet = new Service("kubelet", KubeletCommand, new BoundedLog(logs, "kubelet"), events, time)
        {
            OnLine = line =>
            {
                if (line.Contains(Denied, StringComparison.Ordinal))
                    _denied.TrySetResult();
            },
        };
    }

    /// <summary>Joins.</summary>
    /// <param name="secret">What attestation released.</param>
    /// <param name="key">The key that the quote was bound to.</param>
    /// <param name="services">The origin of the rig's services.</param>
    /// <param name="runtime">Ends when the container runtime answers: kubelet does not start without it.</param>
    /// <param name="cancellationToken">Ends the join.</param>
    /// <returns>True if the node joined; false if it was refused, which was said.</returns>
    public async Task<bool> RunAsync(
        JoinSecret secret,
        NodeKey key,
        Uri services,
        Task runtime,
        CancellationToken cancellationToken
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped.Token);
        _events.Write("joining", json => json.WriteString("node"u8, secret.Node));
        var unknown = 0;
        for (var attempt = 0; ; attempt++)
        {
            var failure = await TryAsync(secret, key, services, runtime, ending.Token);
            if (failure is null)
            {
                File.Delete(_files.JoinConfiguration);
                _events.Write("joined", json => json.WriteString("node"u8, secret.Node));
                StartProxy(secret.Node);
                return true;
            }

            unknown += failure.Code == "token" ? 1 : 0;
            if (failure.IsFinal || unknown == TokenTries || attempt == PauseSeconds.Length)
            {
                await RefuseAsync(failure);
                return false;
            }

            Tell("join-retry", failure);
            await Task.Delay(TimeSpan.FromSeconds(PauseSeconds[attempt]), _time, ending.Token);
        }
    }

    /// <summary>Says why the node does not join, and ends what was started for it.</summary>
    public async Task RefuseAsync(JoinFailure failure)
    {
        await StopAsync();
        _files.Clear();
        Tell("join-refused", failure);
    }

    /// <summary>Starts kubelet and kube-proxy again, with the credentials that there are now. Pods go on meanwhile.</summary>
    public async Task RestartAsync()
    {
        await _kubelet.StopAsync();
        if (_proxy is not null)
            await _proxy.StopAsync();
        _kubelet.Start();
        _proxy?.Start();
    }

    /// <summary>Ends kubelet and kube-proxy: the cluster then has no hold on this board, nor it on the cluster.</summary>
    public async Task StopAsync()
    {
        await _stopped.CancelAsync();
        await _kubelet.StopAsync();
        if (_proxy is not null)
            await _proxy.StopAsync();
    }

    public void Dispose()
    {
        _kubeadmLog.Dispose();
        _kubelet.Dispose();
        _proxy?.Dispose();
        _stopped.Dispose();
    }

    /// <returns>Null if the node joined.</returns>
    private async Task<JoinFailure?> TryAsync(
        JoinSecret secret,
        NodeKey key,
        Uri services,
        Task runtime,
        CancellationToken cancellationToken
    )
    {
        _kubeadmLog.Forget();
        _kubelet.Log.Forget();
        var kubeletStarted = Task.CompletedTask;
        var unknown = 0;
        var hopeless = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (!File.Exists(_files.KubeletCredentials))
                _files.Write(secret, key, services);
            using var kubeadm = Child.Start(
                "/usr/bin/kubeadm",
                ["join", "--config", _files.JoinConfiguration, "--skip-phases", "preflight", "-v", "1"],
                _kubeadmLog,
                line =>
                {
                    if (line.StartsWith(KubeletStarts, StringComparison.Ordinal))
                        kubeletStarted = StartKubeletAsync(runtime, cancellationToken);
                    else if (line.Contains(UnknownToken, StringComparison.Ordinal) && ++unknown == UnknownTokenLimit)
                        hopeless.TrySetResult();
                }
            );
            await using var stop = cancellationToken.Register(() => _ = kubeadm.StopAsync(_time));
            await Task.WhenAny(kubeadm.Ended, _denied.Task, hopeless.Task);
            if (!kubeadm.Ended.IsCompleted)
            {
                await kubeadm.StopAsync(_time);
                return _denied.Task.IsCompleted
                    ? JoinFailure.Read([], _kubelet.Log.Tail())
                    : JoinFailure.Read(_kubeadmLog.Tail(), []);
            }

            cancellationToken.ThrowIfCancellationRequested();
            await kubeletStarted;
            // Its last step tells the Node object which runtime it has; a node is one without that, too.
            return await kubeadm.Ended == 0 || File.Exists(_files.KubeletCredentials)
                ? null
                : JoinFailure.Read(_kubeadmLog.Tail(), _kubelet.Log.Tail());
        }
        catch (Exception error) when (error is IOException or LinuxException or UnauthorizedAccessException)
        {
            return JoinFailure.Read([error.Message], []);
        }
    }

    private async Task StartKubeletAsync(Task runtime, CancellationToken cancellationToken)
    {
        await runtime.WaitAsync(cancellationToken);
        _kubelet.Start();
    }

    private (string Program, IReadOnlyList<string> Arguments) KubeletCommand() =>
        (
            "/usr/bin/kubelet",
            [
                $"--bootstrap-kubeconfig={_files.BootstrapCredentials}",
                $"--kubeconfig={_files.KubeletCredentials}",
                $"--config={_files.KubeletConfiguration}",
                // A kubelet that rotates makes a key of its own at once; this one asks with the key that the TPM's quote is bound to.
                "--rotate-certificates=false",
                // Where kubeadm put it here; the cluster's configuration names the place on the machine of its control plane.
                $"--client-ca-file={_files.ClusterAuthority}",
                // Without a default route kubelet finds no address of its own, and the node is reported with none.
                .. NodeAddress.Find() is { } address ? new[] { $"--node-ip={address}" } : [],
                .. _files.ReadKubeletFlags(),
            ]
        );

    /// <summary>kube-proxy is no pod here: it needs no image and is there before any pod is.</summary>
    private void StartProxy(string node)
    {
        string[] arguments =
        [
            $"--kubeconfig={_files.KubeletCredentials}",
            $"--hostname-override={node}",
            "--proxy-mode=iptables",
            "--cluster-cidr=10.244.0.0/16",
            // The kernel's own table size will do, and it is read-only to us in other network namespaces.
            "--conntrack-max-per-core=0",
            "--healthz-bind-address=127.0.0.1:10256",
            "--metrics-bind-address=127.0.0.1:10249",
        ];
        _proxy = new Service(
            "kube-proxy",
            () => ("/usr/bin/kube-proxy", arguments),
            new BoundedLog(_logs, "kube-proxy"),
            _events,
            _time
        );
        _proxy.Start();
    }

    private void Tell(string name, JoinFailure failure) =>
        _events.Write(
            name,
            json =>
            {
                json.WriteString("code"u8, failure.Code);
                json.WriteString("detail"u8, EventWriter.Shorten(failure.Detail));
            }
        );
}
