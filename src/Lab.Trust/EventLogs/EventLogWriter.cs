using System.Buffers;
using System.Buffers.Binary;
using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>Appends events (TCG_PCR_EVENT2) to a crypto-agile log.</summary>
public sealed class EventLogWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly IReadOnlyList<LogAlgorithm> algorithms;

    /// <summary>Goes on from an existing log, such as the firmware's; padding behind it is dropped.</summary>
    /// <exception cref="EventLogException">It is malformed, or in the old format that has no room for other banks.</exception>
    public EventLogWriter(ReadOnlyMemory<byte> log)
    {
        var parsed = EventLog.Parse(log);
        if (!parsed.IsCryptoAgile)
        {
            throw new EventLogException(0, "a SHA-1 log cannot be continued with other banks");
        }

        algorithms = parsed.Algorithms;
        buffer.Write(log.Span[..parsed.Length]);
    }

    /// <summary>Begins a log with a header for the given banks.</summary>
    /// <exception cref="NotSupportedException">A bank that cannot be computed here.</exception>
    public EventLogWriter(params IEnumerable<TpmAlgorithm> banks)
    {
        algorithms = [.. banks.Select(bank => new LogAlgorithm(bank, TpmHash.RequiredSizeOf(bank)))];
        WriteHeader();
    }

    /// <summary>The banks that each event must have a digest for.</summary>
    public IReadOnlyList<TpmAlgorithm> Banks => [.. algorithms.Select(one => one.Algorithm)];

    /// <summary>Appends an event whose digests are those of <paramref name="measured"/>.</summary>
    /// <exception cref="NotSupportedException">A bank of the log cannot be computed here.</exception>
    public EventLogWriter AppendMeasured(int pcr, LogEventType type, ReadOnlySpan<byte> measured, ReadOnlySpan<byte> data)
    {
        var digests = new Dictionary<TpmAlgorithm, byte[]>();
        foreach (var bank in Banks)
        {
            digests[bank] = TpmHash.Compute(bank, measured);
        }

        return Append(pcr, type, digests, data);
    }

    /// <summary>Appends an event.</summary>
    /// <param name="digests">One for each of <see cref="Banks"/>, no more.</param>
    /// <exception cref="ArgumentException">Digests are missing, too many or of the wrong size, or the PCR or the data is out of range.</exception>
    public EventLogWriter Append(
        int pcr,
        LogEventType type,
        IReadOnlyDictionary<TpmAlgorithm, byte[]> digests,
        ReadOnlySpan<byte> data
    )
    {
        ArgumentNullException.ThrowIfNull(digests);
        var fits =
            digests.Count == algorithms.Count
            && algorithms.All(one => digests.TryGetValue(one.Algorithm, out var digest) && digest.Length == one.DigestSize);
        if (!fits || pcr is < 0 or >= PcrSelection.PcrCount || data.Length > EventLogLimits.MaxEventData)
        {
            throw new ArgumentException(
                $"An event for PCR {pcr} needs one digest for each of {string.Join(", ", Banks)}.",
                nameof(digests)
            );
        }

        U32((uint)pcr);
        U32((uint)type);
        U32((uint)algorithms.Count);
        foreach (var one in algorithms)
        {
            U16((ushort)one.Algorithm);
            buffer.Write(digests[one.Algorithm]);
        }

        U32((uint)data.Length);
        buffer.Write(data);
        return this;
    }

    /// <summary>The whole log so far.</summary>
    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    private void WriteHeader()
    {
        const int fixedSize = EventLogParser.SignatureSize + 4 + 4 + 4 + 1;
        U32(0);
        U32((uint)LogEventType.NoAction);
        buffer.Write(new byte[EventLogParser.Sha1Size]);
        U32((uint)(fixedSize + (4 * algorithms.Count)));
        buffer.Write("Spec ID Event03\0"u8);
        U32(0); // platform class: client
        buffer.Write<byte>([0, 2, 0, 2]); // version 2.0, errata 0, 64-bit UINTN
        U32((uint)algorithms.Count);
        foreach (var one in algorithms)
        {
            U16((ushort)one.Algorithm);
            U16((ushort)one.DigestSize);
        }

        buffer.Write<byte>([(byte)0]); // no vendor information
    }

    private void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(2), value);
        buffer.Advance(2);
    }

    private void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }
}
