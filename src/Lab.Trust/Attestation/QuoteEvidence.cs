namespace Lab.Trust.Attestation;

/// <summary>What a board shows to be trusted.</summary>
/// <param name="Attest">TPMS_ATTEST.</param>
/// <param name="Signature">TPMT_SIGNATURE.</param>
/// <param name="EventLog">The TCG event log.</param>
/// <param name="Pcrs">
/// The PCR values at the time of the quote, if the board sends them. They let a refusal name the PCR also where the log is silent about
/// its value (firmware measured by the ROM); the quote's digest proves them.
/// </param>
public sealed record QuoteEvidence(
    byte[] Attest,
    byte[] Signature,
    byte[] EventLog,
    IReadOnlyDictionary<int, byte[]>? Pcrs = null
);
