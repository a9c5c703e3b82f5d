using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>Reads a log front to back, once.</summary>
internal static class EventLogParser
{
    public const int Sha1Size = 20;
    public const int SignatureSize = 16;

    private static ReadOnlySpan<byte> SpecId03 => "Spec ID Event03\0"u8;

    private static ReadOnlySpan<byte> StartupLocalitySignature => "StartupLocality\0"u8;

    public static EventLog Parse(ReadOnlyMemory<byte> log)
    {
        if (log.Length > EventLogLimits.MaxLogBytes)
        {
            throw new EventLogException(0, $"the log has {log.Length} bytes, above the limit of {EventLogLimits.MaxLogBytes}");
        }

        var reader = new LogReader(log.Span);
        if (IsPadding(log.Span))
        {
            throw reader.Bad("the log is empty");
        }

        var first = ReadSha1Event(ref reader, log, index: 0);
        if (first.Type == LogEventType.NoAction && first.Data.Span.StartsWith(SpecId03))
        {
            var algorithms = ReadHeader(ref reader, first);
            return ReadRest(ref reader, log, [], algorithms, isCryptoAgile: true);
        }

        return ReadRest(ref reader, log, [first], [new LogAlgorithm(TpmAlgorithm.Sha1, Sha1Size)], isCryptoAgile: false);
    }

    private static EventLog ReadRest(
        ref LogReader reader,
        ReadOnlyMemory<byte> log,
        List<LogEvent> events,
        LogAlgorithm[] algorithms,
        bool isCryptoAgile
    )
    {
        while (reader.Remaining > 0 && !IsPadding(log.Span[reader.Position..]))
        {
            if (events.Count == EventLogLimits.MaxEvents)
            {
                throw reader.Bad($"the log has more events than the limit of {EventLogLimits.MaxEvents}");
            }

            events.Add(
                isCryptoAgile
                    ? ReadAgileEvent(ref reader, log, events.Count, algorithms)
                    : ReadSha1Event(ref reader, log, events.Count)
            );
        }

        return new EventLog(isCryptoAgile, algorithms, events, reader.Position, FindStartupLocality(events));
    }

    /// <summary>TCG_PCR_EVENT (5.1 of the EFI Protocol Specification).</summary>
    private static LogEvent ReadSha1Event(ref LogReader reader, ReadOnlyMemory<byte> log, int index)
    {
        var offset = reader.Position;
        var (pcr, type) = ReadPcrAndType(ref reader);
        var digest = new LogDigest(
            TpmAlgorithm.Sha1,
            log.Slice(reader.Position, reader.Bytes(Sha1Size, "the SHA-1 digest").Length)
        );
        return new LogEvent(index, offset, pcr, type, [digest], ReadData(ref reader, log));
    }

    /// <summary>TCG_PCR_EVENT2.</summary>
    private static LogEvent ReadAgileEvent(ref LogReader reader, ReadOnlyMemory<byte> log, int index, LogAlgorithm[] algorithms)
    {
        var offset = reader.Position;
        var (pcr, type) = ReadPcrAndType(ref reader);
        var count = reader.U32("the digest count");
        if (count == 0 || count > algorithms.Length)
        {
            throw reader.Bad($"the event has {count} digests where the header declares {algorithms.Length} algorithms", 4);
        }

        var digests = new LogDigest[count];
        for (var i = 0; i < digests.Length; i++)
        {
            var algorithm = (TpmAlgorithm)reader.U16("the digest's algorithm");
            var size = SizeOf(algorithms, algorithm);
            if (size is null || IsTaken(digests.AsSpan(0, i), algorithm))
            {
                throw reader.Bad($"the digest algorithm 0x{(ushort)algorithm:X4} is not declared, or is there twice", 2);
            }

            var start = reader.Position;
            reader.Bytes(size.Value, "the digest");
            digests[i] = new LogDigest(algorithm, log.Slice(start, size.Value));
        }

        return new LogEvent(index, offset, pcr, type, digests, ReadData(ref reader, log));
    }

    private static (uint Pcr, LogEventType Type) ReadPcrAndType(ref LogReader reader)
    {
        var pcr = reader.U32("the PCR");
        var type = (LogEventType)reader.U32("the event type");
        var isAllowed = pcr < PcrSelection.PcrCount || type == LogEventType.NoAction;
        return isAllowed ? (pcr, type) : throw reader.Bad($"there is no PCR {pcr}", 8);
    }

    private static ReadOnlyMemory<byte> ReadData(ref LogReader reader, ReadOnlyMemory<byte> log)
    {
        var size = reader.Size("the event's size", EventLogLimits.MaxEventData);
        var start = reader.Position;
        reader.Bytes(size, "the event's data");
        return log.Slice(start, size);
    }

    /// <summary>TCG_EfiSpecIDEvent (10.4.5.1 of the firmware profile).</summary>
    private static LogAlgorithm[] ReadHeader(ref LogReader log, LogEvent header)
    {
        const int dataOffset = 4 + 4 + Sha1Size + 4;
        var reader = new LogReader(header.Data.Span, header.Offset + dataOffset);
        reader.Bytes(SignatureSize, "the header's signature");
        reader.U32("the platform class");
        reader.Bytes(4, "the specification's version");
        var count = reader.Size("the number of algorithms", EventLogLimits.MaxAlgorithms);
        var algorithms = new List<LogAlgorithm>(count);
        for (var i = 0; i < count; i++)
        {
            var algorithm = (TpmAlgorithm)reader.U16("an algorithm");
            int size = reader.U16("a digest size");
            var known = TpmHash.SizeOf(algorithm);
            if (
                (known ?? size) != size
                || size is 0 or > TpmHash.MaxDigestSize
                || algorithms.Exists(a => a.Algorithm == algorithm)
            )
            {
                throw reader.Bad($"the algorithm 0x{(ushort)algorithm:X4} with {size} bytes is wrong, or is there twice", 4);
            }

            algorithms.Add(new LogAlgorithm(algorithm, size));
        }

        if (algorithms.Count == 0)
        {
            throw reader.Bad("the header declares no algorithm");
        }

        var vendorSize = reader.U8("the vendor information's size");
        if (reader.Remaining == 0)
        {
            // Some writers leave the vendor information out of the event's size; it then follows the event.
            log.Bytes(vendorSize, "the vendor information");
        }
        else
        {
            reader.Bytes(vendorSize, "the vendor information");
            reader.End("the header");
        }

        return [.. algorithms];
    }

    /// <summary>10.4.5.3: one event, before anything extends PCR 0, and a locality that can start a TPM.</summary>
    private static int? FindStartupLocality(List<LogEvent> events)
    {
        int? found = null;
        var isExtended = false;
        foreach (var logged in events)
        {
            isExtended |= logged is { IsExtended: true, Pcr: 0 };
            if (logged.IsExtended || logged.Pcr != 0 || !logged.Data.Span.StartsWith(StartupLocalitySignature))
            {
                continue;
            }

            var data = logged.Data.Span;
            if (data.Length != SignatureSize + 1 || data[^1] is not (0 or 3 or 4) || isExtended || found is not null)
            {
                throw new EventLogException(logged.Offset, "the startup locality is malformed, out of place or there twice");
            }

            found = data[^1];
        }

        return found;
    }

    private static int? SizeOf(LogAlgorithm[] algorithms, TpmAlgorithm wanted)
    {
        foreach (var one in algorithms)
        {
            if (one.Algorithm == wanted)
            {
                return one.DigestSize;
            }
        }

        return null;
    }

    private static bool IsTaken(ReadOnlySpan<LogDigest> digests, TpmAlgorithm wanted)
    {
        foreach (var one in digests)
        {
            if (one.Algorithm == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPadding(ReadOnlySpan<byte> tail) =>
        !tail.ContainsAnyExcept((byte)0x00) || !tail.ContainsAnyExcept((byte)0xFF);
}
