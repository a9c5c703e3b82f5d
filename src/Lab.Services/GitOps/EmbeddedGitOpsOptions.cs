using k8s;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps;

/// <summary>What the embedded engine is started with.</summary>
/// <param name="Cluster">The API server and an administrator's credentials.</param>
/// <param name="WorkFolder">A folder of the engine's own, made if need be. Keeps what was fetched; may be removed after the run.</param>
/// <param name="Kustomize">The <c>kustomize</c> program: see <see cref="KustomizeTool"/>.</param>
/// <param name="Time">The clock.</param>
public sealed record EmbeddedGitOpsOptions(
    KubernetesClientConfiguration Cluster,
    string WorkFolder,
    string Kustomize,
    TimeProvider Time
)
{
    /// <summary>What <see cref="EmbeddedGitOps.FollowFleetAsync"/> follows; null when the objects come from elsewhere.</summary>
    public FleetSource? Fleet { get; init; }

    /// <summary>What a repository may hold.</summary>
    public GitLimits Limits { get; init; } = new();

    /// <summary>Told, in one line each, of reconciliations that ended in an error of the engine's own (the API server is away, say).</summary>
    public Action<string>? OnTrouble { get; init; }
}
