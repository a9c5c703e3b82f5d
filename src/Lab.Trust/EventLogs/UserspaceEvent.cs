using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>One record of systemd's userspace measurement log.</summary>
/// <param name="Index">Its number in the log, from 0.</param>
/// <param name="Offset">Where it begins, in bytes from the log's start.</param>
/// <param name="Pcr">The PCR.</param>
/// <param name="Digests">Bank → digest; banks that are not known here are left out.</param>
/// <param name="EventType">What systemd calls it: "phase", "machine-id", "volume-key"; null where it does not say.</param>
/// <param name="Text">What was measured, as text; null where it does not say. Never the measured secret of a volume key.</param>
public sealed record UserspaceEvent(
    int Index,
    int Offset,
    int Pcr,
    IReadOnlyDictionary<TpmAlgorithm, byte[]> Digests,
    string? EventType,
    string? Text
);
