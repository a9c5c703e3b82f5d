using System.Text.Json;

namespace Lab.Emulation.Qmp;

/// <summary>One line from QEMU's monitor, strictly read: QMP specification, 2 "Protocol Specification".</summary>
internal abstract record QmpMessage
{
    /// <summary>The longest line accepted, in bytes.</summary>
    public const int MaximumLength = 1 << 20;

    private const int MaximumDepth = 32;

    /// <exception cref="InvalidDataException">It is none of the four kinds of message.</exception>
    public static QmpMessage Parse(ReadOnlyMemory<byte> line)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"QEMU's monitor sent something that is not JSON: {exception.Message}", exception);
        }
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (root.TryGetProperty("QMP", out var greeting) && greeting.ValueKind == JsonValueKind.Object)
                return new Greeting();
            if (root.TryGetProperty("event", out var name) && name.ValueKind == JsonValueKind.String)
                return new Event(new QmpEvent(name.GetString()!, root.TryGetProperty("data", out var data) ? data : default));
            var id =
                root.TryGetProperty("id", out var number)
                && number.ValueKind == JsonValueKind.Number
                && number.TryGetInt64(out var value)
                    ? value
                    : (long?)null;
            if (root.TryGetProperty("return", out var result))
                return new Return(id, result);
            if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
                return new Failure(id, Text(error, "class"), Text(error, "desc"));
        }
        throw new InvalidDataException("QEMU's monitor sent something that is no greeting, answer, error or event");
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    internal sealed record Greeting : QmpMessage;

    internal sealed record Event(QmpEvent Value) : QmpMessage;

    internal sealed record Return(long? Id, JsonElement Value) : QmpMessage;

    internal sealed record Failure(long? Id, string Class, string Description) : QmpMessage;
}
