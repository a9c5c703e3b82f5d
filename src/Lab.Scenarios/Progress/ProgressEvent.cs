using System.Text.Json;

namespace Lab.Scenarios.Progress;

/// <summary>One line in which a program on the board says how far it is: <c>@hwlab {"seq":…,"stage":…,"event":…}</c>.</summary>
internal sealed record ProgressEvent(
    int Sequence,
    string Stage,
    string Name,
    IReadOnlyDictionary<string, string> Fields,
    long End,
    DateTimeOffset At
)
{
    /// <summary>The most fields an event may have; a line with more is not one of ours.</summary>
    public const int MostFields = 16;

    public string this[string field] => Fields.TryGetValue(field, out var value) ? value : "";

    public bool Is(string stage, string name) =>
        string.Equals(Stage, stage, StringComparison.Ordinal) && string.Equals(Name, name, StringComparison.Ordinal);

    /// <summary>Parses the JSON of one line; null where it is not an event of ours. Console output is untrusted.</summary>
    public static ProgressEvent? TryParse(string json, long end, DateTimeOffset at)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 2 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (fields.Count == MostFields || !fields.TryAdd(property.Name, property.Value.ToString()))
                {
                    return null;
                }
            }

            return
                fields.Remove("seq", out var sequence)
                && int.TryParse(sequence, out var number)
                && fields.Remove("stage", out var stage)
                && fields.Remove("event", out var name)
                ? new ProgressEvent(number, stage, name, fields, end, at)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
