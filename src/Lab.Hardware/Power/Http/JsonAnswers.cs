using System.Text.Json;

namespace Lab.Hardware.Power.Http;

/// <summary>Takes from a device's answer what must be in it.</summary>
internal static class JsonAnswers
{
    private const int MostShown = 120;

    /// <exception cref="JsonException">It is not there, or no boolean.</exception>
    public static bool Flag(this JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty(name, out var value)
        && value.ValueKind is (JsonValueKind.True or JsonValueKind.False)
            ? value.GetBoolean()
            : throw Lacks(answer, name);

    /// <exception cref="JsonException">It is not there, or no text.</exception>
    public static string Text(this JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Lacks(answer, name);

    private static JsonException Lacks(JsonElement answer, string name)
    {
        var text = answer.GetRawText();
        return new JsonException($"no '{name}' in {(text.Length <= MostShown ? text : text[..MostShown] + "…")}");
    }
}
