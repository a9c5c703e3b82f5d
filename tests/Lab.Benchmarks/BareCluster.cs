using CliWrap;
using CliWrap.Buffered;
using Lab.Scenarios.Cluster;
using Lab.Services.Cluster;

namespace Lab.Benchmarks;

/// <summary>A cluster as a person would leave kubeadm's: it signs for whoever has a token. Driven by kubectl.</summary>
/// <param name="cluster">Its control plane, which takes nodes already.</param>
/// <param name="kubectl">The program.</param>
internal sealed class BareCluster(RunCluster cluster, string kubectl)
{
    private const string TokenId = "abcdef";
    private const string TokenSecret = "0123456789abcdef";

    /// <summary>The token that opens it.</summary>
    public static string Token => $"{TokenId}.{TokenSecret}";

    /// <summary>Makes the token, and has certificates signed for whoever shows one: what <c>kubeadm init</c> does.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: bootstrap-token-{{TokenId}}, namespace: kube-system}
            type: bootstrap.kubernetes.io/token
            stringData:
              token-id: {{TokenId}}
              token-secret: "{{TokenSecret}}"
              usage-bootstrap-authentication: "true"
              usage-bootstrap-signing: "true"
              auth-extra-groups: system:bootstrappers:kubeadm:default-node-token
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: bare-autoapprove}
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: ClusterRole
              name: system:certificates.k8s.io:certificatesigningrequests:nodeclient
            subjects:
              - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:bootstrappers:kubeadm:default-node-token}
            """,
            cancellationToken
        );
    }

    /// <summary>Waits until the node is Ready.</summary>
    public Task WaitForNodeAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        cluster.WaitAsync(
            $"/api/v1/nodes?fieldSelector=metadata.name%3D{BareNode.Name}",
            nodes => nodes.Any(node => node.Has("Ready")),
            "node Ready",
            deadline,
            cancellationToken
        );

    /// <summary>Applies a folder, and waits until a pod of that revision runs.</summary>
    public async Task RollAsync(string folder, string revision, TimeSpan deadline, CancellationToken cancellationToken)
    {
        await RunAsync(["apply", "-k", folder], PipeSource.Null, cancellationToken);
        await cluster.WaitAsync(
            "/api/v1/namespaces/fleet/pods?labelSelector=app%3Dhello",
            pods =>
                pods.Any(pod =>
                    pod.IsRunningPod() && pod.Text("metadata", "annotations", FleetFiles.RevisionAnnotation) == revision
                ),
            $"pod of revision {revision}",
            deadline,
            cancellationToken
        );
    }

    private Task ApplyAsync(string manifest, CancellationToken cancellationToken) =>
        RunAsync(["apply", "-f", "-"], PipeSource.FromString(manifest), cancellationToken);

    private Task RunAsync(string[] arguments, PipeSource input, CancellationToken cancellationToken) =>
        Cli.Wrap(kubectl)
            .WithArguments(["--kubeconfig", cluster.KubeconfigPath, .. arguments])
            .WithStandardInputPipe(input)
            .ExecuteBufferedAsync(cancellationToken);
}
