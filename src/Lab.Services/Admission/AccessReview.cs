using System.Buffers;
using System.Text.Json;

namespace Lab.Services.Admission;

/// <summary>
/// The authorizer's answer to a SubjectAccessReview (authorization.k8s.io, v1 and v1beta1): a node that is not trusted is denied whatever it
/// asks for; about everybody else there is no opinion, and the API server's other authorizers decide. It never allows anything.
/// </summary>
internal static class AccessReview
{
    private const string Group = "authorization.k8s.io/";
    private const string Kind = "SubjectAccessReview";
    private const int Depth = 16;

    /// <summary>Answers.</summary>
    /// <param name="review">The review as the API server sent it.</param>
    /// <param name="isTrusted">Whether a node is trusted now; asked only for nodes.</param>
    /// <param name="onTrusted">Told of a trusted node that asks for something.</param>
    /// <returns>The review with its status; denied when it cannot be read.</returns>
    public static byte[] Answer(ReadOnlyMemory<byte> review, Func<string, bool> isTrusted, Action<string> onTrusted)
    {
        var version = $"{Group}v1";
        try
        {
            using var json = JsonDocument.Parse(review, new JsonDocumentOptions { MaxDepth = Depth });
            var root = json.RootElement;
            if (Text(root, "kind") != Kind || Text(root, "apiVersion") is not (Group + "v1" or Group + "v1beta1"))
                return Write(version, "this is not a SubjectAccessReview");
            version = Text(root, "apiVersion")!;
            var spec = root.GetProperty("spec");
            var user = Text(spec, "user");
            if (NodeNames.FindNode(user) is { } node)
            {
                if (!isTrusted(node))
                    return Write(version, $"the lab does not trust node '{node}': it does not attest");
                onTrusted(node);
                return Write(version, denial: null);
            }
            return InNodesGroup(spec) ? Write(version, "a user of the nodes' group is not a node") : Write(version, denial: null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Write(version, "this is not a SubjectAccessReview");
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    // v1beta1 calls them "group".
    private static bool InNodesGroup(JsonElement spec) => HasNodes(spec, "groups") || HasNodes(spec, "group");

    private static bool HasNodes(JsonElement spec, string name) =>
        spec.TryGetProperty(name, out var groups)
        && groups.ValueKind != JsonValueKind.Null
        && groups.EnumerateArray().Any(group => group.GetString() == NodeNames.Group);

    private static byte[] Write(string version, string? denial)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", version);
            json.WriteString("kind", Kind);
            json.WriteStartObject("status");
            json.WriteBoolean("allowed", value: false);
            if (denial is not null)
            {
                json.WriteBoolean("denied", value: true);
                json.WriteString("reason", denial);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
