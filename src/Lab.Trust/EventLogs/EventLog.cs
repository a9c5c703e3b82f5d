using System.Security.Cryptography;
using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>
/// A TCG event log: crypto-agile (PC Client Platform Firmware Profile, 10.2) or the older one with SHA-1 only. Immutable; a view of the
/// bytes it was parsed from, which must not change.
/// </summary>
public sealed class EventLog
{
    private const int FirstDynamicPcr = 17;
    private const int LastDynamicPcr = 22;

    internal EventLog(
        bool isCryptoAgile,
        IReadOnlyList<LogAlgorithm> algorithms,
        IReadOnlyList<LogEvent> events,
        int length,
        int? startupLocality
    )
    {
        IsCryptoAgile = isCryptoAgile;
        Algorithms = algorithms;
        Events = events;
        Length = length;
        StartupLocality = startupLocality;
        Banks = [.. algorithms.Select(one => one.Algorithm).Where(TpmHash.CanCompute).Where(IsComplete)];
    }

    /// <summary>Whether events carry a digest for each of several banks.</summary>
    public bool IsCryptoAgile { get; }

    /// <summary>The algorithms that the header declares; SHA-1 for the old format.</summary>
    public IReadOnlyList<LogAlgorithm> Algorithms { get; }

    /// <summary>The banks that can be replayed: every extending event has a digest for them.</summary>
    public IReadOnlyList<TpmAlgorithm> Banks { get; }

    /// <summary>All events but the header.</summary>
    public IReadOnlyList<LogEvent> Events { get; }

    /// <summary>Bytes up to the end of the last event; behind it is padding at most.</summary>
    public int Length { get; }

    /// <summary>The locality of TPM2_Startup, if the log says: it is the last byte of PCR 0's start value.</summary>
    public int? StartupLocality { get; }

    /// <summary>Parses a whole log. A tail of only 0x00 or only 0xFF is padding.</summary>
    /// <exception cref="EventLogException">It is malformed or beyond <see cref="EventLogLimits"/>; no other exception is thrown.</exception>
    public static EventLog Parse(ReadOnlyMemory<byte> log) => EventLogParser.Parse(log);

    /// <summary>The values of all PCRs that the log extends.</summary>
    /// <param name="bank">One of <see cref="Banks"/>.</param>
    /// <param name="pcr0Start">
    /// PCR 0 before the first logged event, where something beneath the log's writer measured (<see cref="HardwareCrtm"/>); empty for
    /// what the log's startup locality says, or zeros.
    /// </param>
    /// <exception cref="EventLogException">The log does not have that bank for every event.</exception>
    public PcrValues Replay(TpmAlgorithm bank, ReadOnlySpan<byte> pcr0Start = default)
    {
        var mask = pcr0Start.IsEmpty ? 0u : 1u;
        foreach (var logged in Events)
        {
            mask |= logged.IsExtended ? 1u << (int)logged.Pcr : 0;
        }

        return Replay(new PcrSelection(bank, mask), pcr0Start);
    }

    /// <summary>The values of exactly the selected PCRs; one that the log does not extend has its start value.</summary>
    /// <param name="selection">PCRs of one of <see cref="Banks"/>.</param>
    /// <param name="pcr0Start">As for the other overload.</param>
    /// <exception cref="EventLogException">The log does not have that bank for every event.</exception>
    public PcrValues Replay(PcrSelection selection, ReadOnlySpan<byte> pcr0Start = default)
    {
        var bank = selection.Bank;
        if (!Banks.Contains(bank))
        {
            throw new EventLogException(0, $"the log does not give every event a digest for the bank {bank}");
        }

        var values = selection.Pcrs.ToDictionary(pcr => pcr, pcr => StartValue(bank, pcr));
        if (!pcr0Start.IsEmpty && selection.Contains(0))
        {
            values[0] =
                pcr0Start.Length == TpmHash.RequiredSizeOf(bank)
                    ? pcr0Start.ToArray()
                    : throw new ArgumentException($"A {bank} PCR does not have {pcr0Start.Length} bytes.", nameof(pcr0Start));
        }

        // One context for all: to make one costs more than to hash the bytes of a PCR.
        using var hash = IncrementalHash.CreateHash(TpmHash.NameOf(bank));
        for (var i = 0; i < Events.Count; i++)
        {
            var logged = Events[i];
            if (logged.IsExtended && selection.Contains((int)logged.Pcr))
            {
                var value = values[(int)logged.Pcr];
                hash.AppendData(value);
                hash.AppendData(logged.FindDigest(bank)!.Value.Span);
                hash.GetHashAndReset(value);
            }
        }

        return new PcrValues(bank, values);
    }

    private byte[] StartValue(TpmAlgorithm bank, int pcr)
    {
        var value = new byte[TpmHash.RequiredSizeOf(bank)];
        if (pcr is >= FirstDynamicPcr and <= LastDynamicPcr)
        {
            Array.Fill(value, (byte)0xFF);
        }
        else if (pcr == 0)
        {
            value[^1] = (byte)(StartupLocality ?? 0);
        }

        return value;
    }

    private bool IsComplete(TpmAlgorithm bank) => Events.All(logged => !logged.IsExtended || logged.FindDigest(bank) is not null);
}
