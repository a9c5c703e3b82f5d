using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Build;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>What the reconcilers share.</summary>
/// <param name="Api">The cluster.</param>
/// <param name="Artifacts">The packed files of sources.</param>
/// <param name="Builder">kustomize.</param>
/// <param name="WorkFolder">Where they keep what they fetch; theirs alone.</param>
/// <param name="Limits">What a repository may hold.</param>
/// <param name="Time">The clock.</param>
internal sealed record EngineParts(
    KubeApi Api,
    ArtifactStore Artifacts,
    ManifestBuilder Builder,
    string WorkFolder,
    GitLimits Limits,
    TimeProvider Time
);
