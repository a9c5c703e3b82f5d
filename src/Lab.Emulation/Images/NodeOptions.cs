namespace Lab.Emulation.Images;

/// <summary>What goes into a cluster node's image besides Debian's packages and the agent.</summary>
/// <param name="Kubernetes">The static arm64 programs of Kubernetes.</param>
public sealed record NodeOptions(NodePrograms Kubernetes)
{
    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; init; } = ImageBuilder.TargetCommandLine;

    /// <summary>The kernel.</summary>
    public NodeKernel Kernel { get; init; } = NodeKernel.Cloud;
}
