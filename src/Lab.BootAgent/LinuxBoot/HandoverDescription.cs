using System.Buffers;
using System.Text.Json;

namespace Lab.BootAgent.LinuxBoot;

/// <summary>
/// What LinuxBoot tells the next system about this boot: <c>boot.json</c>. It is not measured: it holds only what the quote proves or
/// what nobody needs to trust.
/// </summary>
/// <param name="Services">The services' origin.</param>
/// <param name="BootId">Random, names this boot in logs.</param>
/// <param name="Board">The board's name as DHCP gave it (option 12), null if it gave none.</param>
internal sealed record HandoverDescription(string Services, string BootId, string? Board)
{
    /// <summary>The time when LinuxBoot ended: the next kernel believes the hardware clock again, which may be wrong or absent.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Reads the description.</summary>
    /// <exception cref="FormatException">Not a description.</exception>
    public static HandoverDescription Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return new HandoverDescription(
                root.GetProperty("services").GetString() ?? throw new FormatException("no services"),
                root.GetProperty("bootId").GetString() ?? throw new FormatException("no bootId"),
                root.TryGetProperty("board", out var board) ? board.GetString() : null
            )
            {
                Time = root.TryGetProperty("time", out var time) ? time.GetDateTimeOffset() : null,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>Writes the description.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("services"u8, Services);
            json.WriteString("bootId"u8, BootId);
            if (Board is not null)
                json.WriteString("board"u8, Board);
            if (Time is { } time)
                json.WriteString("time"u8, time);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
