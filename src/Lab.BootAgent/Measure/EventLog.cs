using System.Buffers;
using System.Buffers.Binary;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Measure;

/// <summary>
/// The crypto-agile event log, as the firmware left it and with our events behind it (PC Client Platform Firmware Profile, section
/// 10). It is a claim that the quote proves or disproves; so only its header is read here.
/// </summary>
internal sealed class EventLog
{
    /// <summary>Longest log taken from the firmware, bytes.</summary>
    public const int Limit = 1024 * 1024;

    private const int AlgorithmLimit = 8;
    private const int LegacyHeaderSize = 32; // TCG_PCR_EVENT: PCR, type, SHA-1 digest, event size
    private const int SpecIdFixedSize = 28; // signature to numberOfAlgorithms

    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);

    private EventLog(IReadOnlyList<TpmAlgorithm> algorithms) => Algorithms = algorithms;

    /// <summary>The algorithms of which each event has a digest, in the log's order.</summary>
    public IReadOnlyList<TpmAlgorithm> Algorithms { get; }

    /// <summary>The log's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>A log that starts with us, where no firmware measured: the header alone.</summary>
    public static EventLog Create(IReadOnlyList<TpmAlgorithm> algorithms)
    {
        var log = new EventLog(algorithms);
        var eventSize = SpecIdFixedSize + 4 * algorithms.Count + 1;
        log.Word(0);
        log.Word((uint)EventType.NoAction);
        log._bytes.Write(new byte[20]);
        log.Word((uint)eventSize);
        log._bytes.Write("Spec ID Event03\0"u8);
        log.Word(0); // platform class: client
        log._bytes.Write((ReadOnlySpan<byte>)[0, 2, 0, 2]); // version 2.0, errata 0, 64-bit UINTN
        log.Word((uint)algorithms.Count);
        foreach (var algorithm in algorithms)
        {
            log.Half((ushort)algorithm);
            log.Half((ushort)TpmHash.RequiredSizeOf(algorithm));
        }

        log._bytes.Write((ReadOnlySpan<byte>)[0]); // no vendor information
        return log;
    }

    /// <summary>Goes on with the firmware's log.</summary>
    /// <exception cref="FormatException">It does not start with a crypto-agile header of algorithms that we can compute.</exception>
    public static EventLog Continue(ReadOnlySpan<byte> firmware)
    {
        if (firmware.Length is < LegacyHeaderSize + SpecIdFixedSize or > Limit)
            throw new FormatException($"the firmware's event log has {firmware.Length} bytes");
        var header = firmware[LegacyHeaderSize..];
        if (!header.StartsWith("Spec ID Event03\0"u8))
            throw new FormatException("the firmware's event log is not crypto-agile");
        var count = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        if (count is 0 or > AlgorithmLimit || header.Length < SpecIdFixedSize + 4 * count)
            throw new FormatException($"the firmware's event log has {count} algorithms");
        var algorithms = new TpmAlgorithm[count];
        for (var i = 0; i < count; i++)
        {
            var entry = header[(SpecIdFixedSize + 4 * i)..];
            algorithms[i] = (TpmAlgorithm)BinaryPrimitives.ReadUInt16LittleEndian(entry);
            var size = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
            if (!TpmHash.CanCompute(algorithms[i]) || TpmHash.SizeOf(algorithms[i]) != size)
                throw new FormatException($"the firmware's event log uses algorithm 0x{(ushort)algorithms[i]:x4}");
        }

        var log = new EventLog(algorithms);
        log._bytes.Write(firmware);
        return log;
    }

    /// <summary>Appends a TCG_PCR_EVENT2.</summary>
    public void Append(int pcr, EventType type, IReadOnlyDictionary<TpmAlgorithm, byte[]> digests, ReadOnlySpan<byte> data)
    {
        Word((uint)pcr);
        Word((uint)type);
        Word((uint)Algorithms.Count);
        foreach (var algorithm in Algorithms)
        {
            Half((ushort)algorithm);
            _bytes.Write(digests[algorithm]);
        }

        Word((uint)data.Length);
        _bytes.Write(data);
    }

    private void Word(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
    }

    private void Half(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
    }
}
