using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Engine;

/// <summary>The names of Flux's API (fluxcd.io: source.toolkit v1, kustomize.toolkit v1).</summary>
internal static class FluxApi
{
    public const string SourceGroup = "source.toolkit.fluxcd.io";
    public const string KustomizeGroup = "kustomize.toolkit.fluxcd.io";
    public const string Finalizer = "finalizers.fluxcd.io";
    public const string RequestedAt = "reconcile.fluxcd.io/requestedAt";
    public const string SourceManager = "gotk-source-controller";
    public const string KustomizeManager = "gotk-kustomize-controller";

    /// <summary>Not Flux's, which ignores it: on a GitRepository, <see cref="FastForward"/> refuses rewritten history.</summary>
    public const string HistoryAnnotation = "gitops.hwlab.dev/history";

    /// <summary>A new head must descend from the last accepted one.</summary>
    public const string FastForward = "fast-forward";

    public static readonly ResourceType GitRepository = new($"{SourceGroup}/v1", "GitRepository", "gitrepositories", true);
    public static readonly ResourceType OciRepository = new($"{SourceGroup}/v1", "OCIRepository", "ocirepositories", true);
    public static readonly ResourceType Kustomization = new($"{KustomizeGroup}/v1", "Kustomization", "kustomizations", true);

    /// <summary>A source's kind by its name; null when it is none that is understood.</summary>
    public static ResourceType? SourceOf(string? kind) =>
        kind switch
        {
            "GitRepository" => GitRepository,
            "OCIRepository" => OciRepository,
            _ => null,
        };
}
