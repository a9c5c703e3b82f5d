using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>One event of a log. Everything but the digests is a claim that no TPM vouches for.</summary>
/// <param name="Index">Its number in the log, from 0; the header of a crypto-agile log is not counted.</param>
/// <param name="Offset">Where it begins, in bytes from the log's start.</param>
/// <param name="Pcr">The PCR; 0 to 23 unless <see cref="IsExtended"/> is false.</param>
/// <param name="Type">Its type.</param>
/// <param name="Digests">One for each bank.</param>
/// <param name="Data">The event data; a view of the log's bytes.</param>
public sealed record LogEvent(
    int Index,
    int Offset,
    uint Pcr,
    LogEventType Type,
    IReadOnlyList<LogDigest> Digests,
    ReadOnlyMemory<byte> Data
)
{
    /// <summary>Whether it extended its PCR: all but EV_NO_ACTION do.</summary>
    public bool IsExtended => Type != LogEventType.NoAction;

    /// <summary>The digest for a bank, or null.</summary>
    public ReadOnlyMemory<byte>? FindDigest(TpmAlgorithm bank)
    {
        // By index: this is the inner loop of every replay.
        for (var i = 0; i < Digests.Count; i++)
        {
            if (Digests[i].Algorithm == bank)
            {
                return Digests[i].Value;
            }
        }

        return null;
    }

    /// <summary>The event data in a form for people and policies.</summary>
    public EventData Decode() => EventData.Decode(this);
}
