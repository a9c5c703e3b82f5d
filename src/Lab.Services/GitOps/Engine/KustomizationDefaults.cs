using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Apply;

namespace Lab.Services.GitOps.Engine;

/// <summary>What a Kustomization means where it does not say.</summary>
internal static class KustomizationDefaults
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The timeout; without one, the interval less 30 seconds and at least that.</summary>
    public static TimeSpan TimeoutOf(ObjectUnderWork work)
    {
        if (GoDuration.TryParse(KubeJson.Text(work.Spec["timeout"])) is { } timeout)
            return timeout > ShortestTimeout ? timeout : ShortestTimeout;
        return work.Interval - ShortestTimeout > ShortestTimeout ? work.Interval - ShortestTimeout : ShortestTimeout;
    }

    /// <summary>The source that it refers to.</summary>
    public static ObjectKey SourceOf(JsonObject kustomization)
    {
        var reference = kustomization.Spec()["sourceRef"];
        return new ObjectKey(
            KubeJson.Text(reference?["namespace"]) is { Length: > 0 } named ? named : kustomization.Namespace(),
            KubeJson.Text(reference?["name"]) ?? ""
        );
    }

    /// <summary>The Kustomizations that it depends on.</summary>
    public static IEnumerable<ObjectKey> DependenciesOf(JsonObject kustomization) =>
        KubeJson
            .Objects(kustomization.Spec()["dependsOn"])
            .Select(reference => new ObjectKey(
                KubeJson.Text(reference["namespace"]) is { Length: > 0 } named ? named : kustomization.Namespace(),
                KubeJson.Text(reference["name"]) ?? ""
            ));

    /// <summary>What must be healthy: all that was applied, or what is listed; never itself.</summary>
    public static IReadOnlyList<InventoryEntry> HealthChecksOf(ObjectUnderWork work, IReadOnlyList<AppliedChange> changes)
    {
        var entries = KubeJson.Flag(work.Spec["wait"])
            ? changes.Where(change => change.Action != AppliedChange.Skipped).Select(change => change.Entry)
            : KubeJson.Objects(work.Spec["healthChecks"]).Select(Listed);
        return [.. entries.Where(entry => entry.Id.Kind != FluxApi.Kustomization.Kind || entry.Id.Key != work.Key)];
    }

    private static InventoryEntry Listed(JsonObject reference)
    {
        var version = KubeJson.Text(reference["apiVersion"]) ?? "";
        return new InventoryEntry(
            new ObjectId(
                KubeJson.Text(reference["namespace"]) ?? "",
                KubeJson.Text(reference["name"]) ?? "",
                ResourceType.GroupOf(version),
                KubeJson.Text(reference["kind"]) ?? ""
            ),
            ResourceType.VersionOf(version)
        );
    }
}
