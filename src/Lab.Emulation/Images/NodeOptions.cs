namespace Lab.Emulation.Images;

/// <summary>What goes into a cluster node's image besides Debian's packages and the agent.</summary>
/// <param name="Kubernetes">
/// Path of a static arm64 program that is kubelet, kubeadm and kube-proxy by the name it is called with.
/// </param>
public sealed record NodeOptions(string Kubernetes)
{
    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; init; } = ImageBuilder.TargetCommandLine;

    /// <summary>The kernel.</summary>
    public NodeKernel Kernel { get; init; } = NodeKernel.Cloud;
}
