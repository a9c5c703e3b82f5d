using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>The labels by which a Kustomization knows what is its own, and the annotations by which an object is left alone.</summary>
/// <param name="Owner">The Kustomization.</param>
internal sealed record OwnerMarks(ObjectKey Owner)
{
    private const string Group = "kustomize.toolkit.fluxcd.io";
    private const string Disabled = "disabled";

    public void Mark(JsonObject item)
    {
        var labels = item.Ensure("metadata").Ensure("labels");
        labels[$"{Group}/name"] = Owner.Name;
        labels[$"{Group}/namespace"] = Owner.Namespace;
    }

    public bool AreOn(JsonObject item) =>
        item.Label($"{Group}/name") == Owner.Name && item.Label($"{Group}/namespace") == Owner.Namespace;

    public static bool IsLeftAlone(JsonObject item) => Is(item, "reconcile", Disabled) || Is(item, "ssa", "Ignore");

    public static bool IsOnlyCreated(JsonObject item) => Is(item, "ssa", "IfNotPresent");

    public static bool IsMerged(JsonObject item) => Is(item, "ssa", "Merge");

    public static bool IsForced(JsonObject item) => Is(item, "force", "enabled");

    public static bool IsKept(JsonObject item) => Is(item, "prune", Disabled) || IsLeftAlone(item);

    private static bool Is(JsonObject item, string name, string value) =>
        string.Equals(item.Annotation($"{Group}/{name}"), value, StringComparison.OrdinalIgnoreCase);
}
