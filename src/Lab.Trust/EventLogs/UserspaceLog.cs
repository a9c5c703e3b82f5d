using System.Text.Json;
using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>
/// systemd's log of what userspace measured (<c>/run/log/systemd/tpm2-measure.log</c>): records of the TCG's canonical event log in JSON,
/// written as a JSON text sequence (RFC 7464).
/// </summary>
public sealed class UserspaceLog
{
    private const byte RecordSeparator = 0x1E;
    private const byte LineFeed = 0x0A;
    private const int MaxRecord = 64 * 1024;

    private UserspaceLog(IReadOnlyList<UserspaceEvent> events)
    {
        Events = events;
        Banks =
        [
            .. events
                .SelectMany(one => one.Digests.Keys)
                .Distinct()
                .Where(bank => events.All(one => one.Digests.ContainsKey(bank))),
        ];
    }

    /// <summary>The records.</summary>
    public IReadOnlyList<UserspaceEvent> Events { get; }

    /// <summary>The banks for which every record has a digest.</summary>
    public IReadOnlyList<TpmAlgorithm> Banks { get; }

    /// <summary>Whether bytes look like such a log.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes) => bytes is [RecordSeparator, ..];

    /// <summary>Parses a whole log. A record that is not ended by a line feed was cut off and makes the log malformed.</summary>
    /// <exception cref="EventLogException">It is malformed or beyond the limits; no other exception is thrown.</exception>
    public static UserspaceLog Parse(ReadOnlyMemory<byte> log)
    {
        if (log.Length > EventLogLimits.MaxLogBytes)
        {
            throw new EventLogException(0, $"the log has {log.Length} bytes, above the limit of {EventLogLimits.MaxLogBytes}");
        }

        var events = new List<UserspaceEvent>();
        for (var at = 0; at < log.Length; )
        {
            if (log.Span[at] != RecordSeparator)
            {
                throw new EventLogException(at, "a record does not begin with a record separator");
            }

            var rest = log[(at + 1)..];
            var next = rest.Span.IndexOf(RecordSeparator);
            var record = next < 0 ? rest : rest[..next];
            if (record.Length > MaxRecord || events.Count == EventLogLimits.MaxEvents)
            {
                throw new EventLogException(
                    at,
                    $"a record of {record.Length} bytes after {events.Count} others is above the limits"
                );
            }

            if (record.Span is not [.., LineFeed])
            {
                throw new EventLogException(at, "the record is cut off: no line feed ends it");
            }

            events.Add(Read(record, events.Count, at));
            at += 1 + record.Length;
        }

        return new UserspaceLog(events);
    }

    /// <summary>The values of the PCRs that the log extends.</summary>
    /// <param name="bank">One of <see cref="Banks"/>.</param>
    /// <param name="start">The values before its first record, such as those of the firmware's log; zeros for PCRs that have none.</param>
    /// <exception cref="EventLogException">The log does not have that bank for every record.</exception>
    public PcrValues Replay(TpmAlgorithm bank, PcrValues? start = null)
    {
        if (!Banks.Contains(bank) && Events.Count > 0)
        {
            throw new EventLogException(0, $"the log does not give every record a digest for the bank {bank}");
        }

        var values = new Dictionary<int, byte[]>();
        foreach (var one in Events)
        {
            if (!values.TryGetValue(one.Pcr, out var value))
            {
                value =
                    start?.Bank == bank && start.Find(one.Pcr) is { } before
                        ? [.. before]
                        : new byte[TpmHash.RequiredSizeOf(bank)];
                values[one.Pcr] = value;
            }

            TpmHash.ExtendInPlace(bank, value, one.Digests[bank]);
        }

        return new PcrValues(bank, values);
    }

    private static UserspaceEvent Read(ReadOnlyMemory<byte> record, int index, int offset)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(record, options);
            var root = document.RootElement;
            var pcr = root.GetProperty("pcr").GetInt32();
            if (pcr is < 0 or >= PcrSelection.PcrCount)
            {
                throw new FormatException($"there is no PCR {pcr}");
            }

            var content =
                root.TryGetProperty("content", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
            return new UserspaceEvent(
                index,
                offset,
                pcr,
                ReadDigests(root.GetProperty("digests")),
                Text(content, "eventType"),
                Text(content, "string")
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new EventLogException(offset, $"not a record of the log: {e.Message}");
        }
    }

    private static Dictionary<TpmAlgorithm, byte[]> ReadDigests(JsonElement list)
    {
        var digests = new Dictionary<TpmAlgorithm, byte[]>();
        foreach (var one in list.EnumerateArray())
        {
            TpmAlgorithm? bank = one.GetProperty("hashAlg").GetString() switch
            {
                "sha1" => TpmAlgorithm.Sha1,
                "sha256" => TpmAlgorithm.Sha256,
                "sha384" => TpmAlgorithm.Sha384,
                "sha512" => TpmAlgorithm.Sha512,
                _ => null,
            };
            var digest = Convert.FromHexString(one.GetProperty("digest").GetString() ?? "");
            if (bank is { } known && (digest.Length != TpmHash.SizeOf(known) || !digests.TryAdd(known, digest)))
            {
                throw new FormatException($"a digest of {digest.Length} bytes for {known}, or a second one");
            }
        }

        return digests.Count > 0 ? digests : throw new FormatException("a record without a digest");
    }

    private static string? Text(JsonElement content, string name) =>
        content.ValueKind == JsonValueKind.Object
        && content.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
