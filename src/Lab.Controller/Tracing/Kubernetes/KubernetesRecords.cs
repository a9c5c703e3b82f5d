using System.Text.Json;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>What was seen of a cluster during a run, as JSON: to be believed in no more than any other evidence.</summary>
/// <param name="Events">Event objects (core/v1), the last state of each.</param>
/// <param name="Objects">Who owns what: objects cut down to what that takes, one for each generation that was seen.</param>
internal sealed record KubernetesRecords(IReadOnlyList<JsonElement> Events, IReadOnlyList<JsonElement> Objects)
{
    public static KubernetesRecords None { get; } = new([], []);
}
