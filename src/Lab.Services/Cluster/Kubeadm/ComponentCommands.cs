using System.Globalization;
using Lab.Host.Processes;

namespace Lab.Services.Cluster.Kubeadm;

/// <summary>The command lines of a control plane's components. Relative paths are below its folder, where they all run.</summary>
internal sealed class ComponentCommands(
    KubernetesBinaries binaries,
    ClusterAddresses addresses,
    ClusterOptions options,
    string folder
)
{
    public const string Etcd = "etcd";
    public const string ApiServer = "kube-apiserver";
    public const string ControllerManager = "kube-controller-manager";
    public const string Scheduler = "kube-scheduler";

    // Names of Unix sockets in the folder, in the form that etcd wants of a URL. No port is open, and the folder is the owner's alone.
    private const string EtcdClients = "unix://etcd:1";
    private const string EtcdPeers = "unix://etcd:2";

    /// <summary>The sockets' names in the folder. etcd does not take the place of one that is there.</summary>
    public static readonly IReadOnlyList<string> EtcdSockets = ["etcd:1", "etcd:2"];

    private readonly KubernetesRelease _release = new(binaries.Version);

    public ProcessCommand ForEtcd() =>
        Command(
            Etcd,
            binaries.Etcd,
            "--name=lab",
            "--data-dir=etcd-data",
            $"--listen-client-urls={EtcdClients}",
            $"--advertise-client-urls={EtcdClients}",
            $"--listen-peer-urls={EtcdPeers}",
            $"--initial-advertise-peer-urls={EtcdPeers}",
            $"--initial-cluster=lab={EtcdPeers}",
            "--log-outputs=stderr"
        );

    public ProcessCommand ForApiServer() =>
        Command(
            ApiServer,
            binaries.Program(ApiServer),
            [
                $"--advertise-address={addresses.BoardHost}",
                $"--bind-address={addresses.Bind}",
                $"--secure-port={addresses.Port}",
                "--permit-port-sharing=true",
                $"--etcd-servers={EtcdClients}",
                "--enable-bootstrap-token-auth=true",
                "--enable-admission-plugins=NodeRestriction",
                "--allow-privileged=true",
                "--client-ca-file=pki/ca.crt",
                "--tls-cert-file=pki/apiserver.crt",
                "--tls-private-key-file=pki/apiserver.key",
                "--kubelet-client-certificate=pki/apiserver-kubelet-client.crt",
                "--kubelet-client-key=pki/apiserver-kubelet-client.key",
                "--kubelet-preferred-address-types=InternalIP",
                "--proxy-client-cert-file=pki/front-proxy-client.crt",
                "--proxy-client-key-file=pki/front-proxy-client.key",
                "--requestheader-client-ca-file=pki/front-proxy-ca.crt",
                "--requestheader-allowed-names=front-proxy-client",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-username-headers=X-Remote-User",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-key-file=pki/sa.pub",
                "--service-account-signing-key-file=pki/sa.key",
                $"--service-cluster-ip-range={options.ServiceSubnet}",
                $"--default-not-ready-toleration-seconds={Seconds(options.EvictionDelay)}",
                $"--default-unreachable-toleration-seconds={Seconds(options.EvictionDelay)}",
                .. Authorization(),
            ]
        );

    public ProcessCommand ForControllerManager() =>
        Command(
            ControllerManager,
            binaries.Program(ControllerManager),
            [
                "--kubeconfig=controller-manager.conf",
                "--allocate-node-cidrs=false",
                // nodeipam would hold up all others for ten seconds; the agents know their pods' addresses.
                "--controllers=*,bootstrapsigner,tokencleaner,-nodeipam",
                "--leader-elect=false",
                "--use-service-account-credentials=true",
                "--root-ca-file=pki/ca.crt",
                "--service-account-private-key-file=pki/sa.key",
                "--cluster-signing-cert-file=pki/ca.crt",
                "--cluster-signing-key-file=pki/ca.key",
                $"--cluster-signing-duration={Seconds(options.SigningDuration + _release.SigningBackdate)}s",
                $"--node-monitor-grace-period={Seconds(options.NodeGrace)}s",
                "--node-monitor-period=2s",
                .. NoPorts(),
            ]
        );

    public ProcessCommand ForScheduler() =>
        Command(Scheduler, binaries.Program(Scheduler), ["--kubeconfig=scheduler.conf", "--leader-elect=false", .. NoPorts()]);

    public ProcessCommand ForKubeadm(params ReadOnlySpan<string> arguments) =>
        Command("kubeadm", binaries.Program("kubeadm"), arguments);

    private string[] Authorization() =>
        options.AuthorizerKubeconfig is { } kubeconfig
            ?
            [
                "--authorization-mode=Webhook,Node,RBAC",
                $"--authorization-webhook-config-file={Path.GetFullPath(kubeconfig)}",
                "--authorization-webhook-version=v1",
                // An expelled node is to feel it at once.
                "--authorization-webhook-cache-authorized-ttl=1s",
                "--authorization-webhook-cache-unauthorized-ttl=1s",
            ]
            : ["--authorization-mode=Node,RBAC"];

    private string[] NoPorts() => _release.HasInsecurePorts ? ["--port=0", "--secure-port=0"] : ["--secure-port=0"];

    private ProcessCommand Command(string name, string program, params ReadOnlySpan<string> arguments) =>
        new(program, [.. arguments])
        {
            Name = name,
            WorkingDirectory = folder,
            EnterPrefix = options.Segment?.EnterPrefix ?? [],
            // Nothing here may go through a proxy that the user's shell knows of.
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["NO_PROXY"] = "*", ["no_proxy"] = "*" },
        };

    private static string Seconds(TimeSpan span) => ((long)span.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
