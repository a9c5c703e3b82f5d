using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Engine;

/// <summary>The conditions of a status: one of each type, with the time at which it last changed.</summary>
internal sealed class ConditionList(JsonObject status, long generation, TimeProvider time)
{
    public const string Ready = "Ready";
    public const string Reconciling = "Reconciling";
    public const string Stalled = "Stalled";
    public const string Healthy = "Healthy";
    public const string ArtifactInStorage = "ArtifactInStorage";
    public const string SourceVerified = "SourceVerified";
    public const string FetchFailed = "FetchFailed";

    // The API's limit on messages of conditions.
    private const int LongestMessage = 20_000;

    public void True(string type, string reason, string message) => Set(type, "True", reason, message);

    public void False(string type, string reason, string message) => Set(type, "False", reason, message);

    public void Unknown(string type, string reason, string message) => Set(type, "Unknown", reason, message);

    public JsonObject? Find(string type) =>
        KubeJson.Objects(status["conditions"]).FirstOrDefault(condition => KubeJson.Text(condition["type"]) == type);

    public bool IsTrue(string type) => Is(type, "True");

    public bool IsFalse(string type) => Is(type, "False");

    public string? ReasonOf(string type) => KubeJson.Text(Find(type)?["reason"]);

    public void Remove(params ReadOnlySpan<string> types)
    {
        foreach (var type in types)
        {
            if (Find(type) is { } condition)
                status["conditions"]!.AsArray().Remove(condition);
        }
    }

    private bool Is(string type, string value) => KubeJson.Text(Find(type)?["status"]) == value;

    private void Set(string type, string value, string reason, string message)
    {
        var text = message.Length <= LongestMessage ? message : message[..LongestMessage];
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = value,
            ["reason"] = reason,
            ["message"] = text,
            ["observedGeneration"] = generation,
            ["lastTransitionTime"] = Timestamps.Seconds(time.GetUtcNow()),
        };
        if (status["conditions"] is not JsonArray list)
            status["conditions"] = list = [];
        if (Find(type) is not { } before)
        {
            list.Add(condition);
            return;
        }

        var isSame =
            KubeJson.Text(before["status"]) == value
            && KubeJson.Text(before["reason"]) == reason
            && KubeJson.Text(before["message"]) == text;
        if (isSame)
            condition["lastTransitionTime"] = before["lastTransitionTime"]?.DeepClone();
        list[list.IndexOf(before)] = condition;
    }
}
