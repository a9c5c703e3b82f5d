using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>
/// The event log of a confidential guest (ACPI table CCEL; UEFI 2.10, 38.4): the form of a TPM's crypto-agile log, but its indices are
/// measurement registers. On Intel TDX 0 is MRTD, which no event extends, and 1 to 4 are RTMR 0 to 3, SHA-384, from zeros.
/// </summary>
public sealed class ConfidentialLog
{
    /// <summary>How many registers can be extended.</summary>
    public const int RegisterCount = 4;

    private const TpmAlgorithm Bank = TpmAlgorithm.Sha384;

    private ConfidentialLog(EventLog log) => Log = log;

    /// <summary>The log; the "PCR" of its events is the measurement register's index.</summary>
    public EventLog Log { get; }

    /// <summary>Parses a whole log, such as <c>/sys/firmware/acpi/tables/data/CCEL</c>.</summary>
    /// <exception cref="EventLogException">It is malformed, has another index, or no SHA-384 digest for every event; no other exception is thrown.</exception>
    public static ConfidentialLog Parse(ReadOnlyMemory<byte> log)
    {
        var parsed = EventLog.Parse(log);
        var stranger = parsed.Events.FirstOrDefault(one => one.IsExtended && one.Pcr is < 1 or > RegisterCount);
        if (stranger is not null)
        {
            throw new EventLogException(stranger.Offset, $"there is no runtime measurement register of index {stranger.Pcr}");
        }

        return parsed.IsCryptoAgile && parsed.Banks.Contains(Bank)
            ? new ConfidentialLog(parsed)
            : throw new EventLogException(0, "the log does not give every event a SHA-384 digest");
    }

    /// <summary>The values of RTMR 0 to 3, all of them.</summary>
    public IReadOnlyList<byte[]> Replay()
    {
        var values = Log.Replay(PcrSelection.Of(Bank, Enumerable.Range(1, RegisterCount)));
        return [.. Enumerable.Range(1, RegisterCount).Select(index => values[index].ToArray())];
    }
}
