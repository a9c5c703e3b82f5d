using System.Text.Json.Serialization;

namespace Lab.Trust.Attestation;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">A hint which key made it; proves nothing.</param>
/// <param name="Sig">The signature; ECDSA ones as DER.</param>
public sealed record DsseSignature([property: JsonPropertyName("keyid")] string KeyId, byte[] Sig);
