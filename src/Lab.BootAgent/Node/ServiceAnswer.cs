using System.Text.Json;

namespace Lab.BootAgent.Node;

/// <summary>A JSON object that the service sent.</summary>
internal sealed class ServiceAnswer
{
    private readonly JsonElement _root;

    /// <exception cref="DenialException"><c>protocol</c>: not a JSON object.</exception>
    public ServiceAnswer(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            _root = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new DenialException("protocol", $"the service sent no JSON: {error.Message}", inner: error);
        }

        if (_root.ValueKind != JsonValueKind.Object)
            throw Bad("object");
    }

    /// <exception cref="DenialException"><c>protocol</c>.</exception>
    public string Text(string name) =>
        _root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Bad(name);

    /// <exception cref="DenialException"><c>protocol</c>.</exception>
    public byte[] Bytes(string name) =>
        _root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw Bad(name);

    /// <exception cref="DenialException"><c>protocol</c>.</exception>
    public IReadOnlyList<int> Numbers(string name)
    {
        if (!_root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            throw Bad(name);
        var numbers = new List<int>();
        foreach (var item in list.EnumerateArray())
            numbers.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) ? number : throw Bad(name));
        return numbers;
    }

    /// <summary>A number, null where there is none.</summary>
    public int? OptionalNumber(string name) =>
        _root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    private static DenialException Bad(string name) => new("protocol", $"the service's answer has no proper '{name}'");
}
