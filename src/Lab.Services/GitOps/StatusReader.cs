using System.Text.Json.Nodes;
using Lab.Model.Services;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Engine;

namespace Lab.Services.GitOps;

/// <summary>Reads how a source and a Kustomization stand.</summary>
internal static class StatusReader
{
    private const string Unknown = "Unknown";

    public static SyncStatus Read(JsonObject? source, JsonObject? sync)
    {
        var fetched = Condition(source);
        var applied = Condition(sync);
        var status = sync?.Status() ?? [];
        return new SyncStatus(
            fetched.Status,
            fetched.Reason,
            fetched.Message,
            KubeJson.Text(source?.Child("status", "artifact")?["revision"]),
            applied.Status,
            applied.Reason,
            applied.Message,
            KubeJson.Text(status["lastAppliedRevision"]),
            KubeJson.Text(status["lastAttemptedRevision"]),
            [.. KubeJson.Objects(status["inventory"]?["entries"]).Select(entry => KubeJson.Text(entry["id"])).OfType<string>()]
        );
    }

    public static string Describe(SyncStatus status) =>
        $"source {status.SourceReady} ({status.SourceReason}: {status.SourceMessage}), "
        + $"sync {status.Ready} ({status.Reason}: {status.Message}), applied {status.AppliedRevision ?? "nothing"}";

    private static (string Status, string Reason, string Message) Condition(JsonObject? item) =>
        item is null ? (Unknown, "NotFound", "there is no such object")
        : item.Condition(ConditionList.Ready) is { } ready
            ? (
                KubeJson.Text(ready["status"]) ?? Unknown,
                KubeJson.Text(ready["reason"]) ?? "",
                KubeJson.Text(ready["message"]) ?? ""
            )
        : (Unknown, "", "not reconciled yet");
}
