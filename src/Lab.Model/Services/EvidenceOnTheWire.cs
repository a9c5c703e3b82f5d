namespace Lab.Model.Services;

/// <summary>Evidence as a board sends it: what an adversary on the network sees and can change.</summary>
/// <param name="Session">The session it answers.</param>
/// <param name="Nonce">The nonce that was asked for in that session.</param>
/// <param name="Pcrs">The PCRs that were asked for, SHA-256 bank.</param>
/// <param name="Attest">TPMS_ATTEST.</param>
/// <param name="Signature">TPMT_SIGNATURE.</param>
/// <param name="EventLog">The event log, crypto-agile.</param>
public sealed record EvidenceOnTheWire(
    string Session,
    ReadOnlyMemory<byte> Nonce,
    IReadOnlyList<int> Pcrs,
    ReadOnlyMemory<byte> Attest,
    ReadOnlyMemory<byte> Signature,
    ReadOnlyMemory<byte> EventLog
)
{
    /// <summary>SHA-256 of the node's key that the board says its quote binds; null when it states none.</summary>
    public ReadOnlyMemory<byte>? NodeKeySha256 { get; init; }
}
