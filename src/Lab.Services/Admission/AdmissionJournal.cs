using System.Buffers;
using System.Text.Json;

namespace Lab.Services.Admission;

/// <summary>What admission did, one JSON line each, for the run's evidence. No secret is written.</summary>
internal sealed class AdmissionJournal(string path, TimeProvider time)
{
    private readonly Lock _gate = new();

    public void Note(string what, string board, string code, string detail)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("at", time.GetUtcNow());
            json.WriteString("event", what);
            json.WriteString("board", board);
            json.WriteString("code", code);
            json.WriteString("detail", detail);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        lock (_gate)
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            file.Write(buffer.WrittenSpan);
        }
    }
}
