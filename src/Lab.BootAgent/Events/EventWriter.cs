using System.Buffers;
using System.Text.Json;

namespace Lab.BootAgent.Events;

/// <summary>
/// Progress as the lab reads it off the console: one line an event, <c>@hwlab </c> and compact JSON. A line goes out in one write,
/// so that only the kernel's own lines can come between two of ours. JSON escapes all control characters: untrusted text in a
/// field cannot forge a line.
/// </summary>
/// <param name="output">Where lines go; each is given whole.</param>
/// <param name="stage">The stage that speaks.</param>
internal sealed class EventWriter(Action<ReadOnlyMemory<byte>> output, string stage)
{
    /// <summary>Longest text put into a field, characters: a line must fit the console of a slow board.</summary>
    public const int TextLimit = 600;

    private readonly Lock _gate = new();
    private int _sequence;

    /// <summary>Writes an event.</summary>
    /// <param name="name">The event.</param>
    /// <param name="fields">Writes its fields into the open JSON object.</param>
    public void Write(string name, Action<Utf8JsonWriter>? fields = null)
    {
        lock (_gate)
        {
            var buffer = new ArrayBufferWriter<byte>(256);
            // What spoke before us may have left the cursor in the middle of a line.
            buffer.Write(_sequence == 0 ? "\n@hwlab "u8 : "@hwlab "u8);
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteNumber("seq"u8, ++_sequence);
                json.WriteString("stage"u8, stage);
                json.WriteString("event"u8, name);
                fields?.Invoke(json);
                json.WriteEndObject();
            }

            buffer.Write("\n"u8);
            output(buffer.WrittenMemory);
        }
    }

    /// <summary>Writes that the boot is refused.</summary>
    public void Refused(RefusalCode code, string detail) =>
        Write(
            "refused",
            json =>
            {
                json.WriteString("code"u8, code.ToWireName());
                json.WriteString("detail"u8, Shorten(detail));
            }
        );

    /// <summary>Cuts text to what a field may hold.</summary>
    public static string Shorten(string text) => text.Length <= TextLimit ? text : string.Concat(text.AsSpan(0, TextLimit), "…");
}
