using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lab.Trust.Attestation;

/// <summary>
/// A signed payload: Dead Simple Signing Envelope 1.0.2, its JSON form. Nothing here says who signed it: <see cref="StatementVerifier"/>.
/// </summary>
/// <param name="PayloadType">What the payload is; covered by the signatures.</param>
/// <param name="Payload">The bytes that were signed.</param>
/// <param name="Signatures">At least one.</param>
public sealed record DsseEnvelope(string PayloadType, byte[] Payload, IReadOnlyList<DsseSignature> Signatures)
{
    /// <summary>The largest envelope that is read, in bytes. A statement with fifty claims has some 12 KiB.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The most signatures that are looked at.</summary>
    public const int MaxSignatures = 16;

    /// <summary>Reads the JSON form; unknown and doubled keys are refused.</summary>
    /// <exception cref="StatementException">It is not of that form.</exception>
    public static DsseEnvelope Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new StatementException($"{json.Length} bytes are above the limit of {MaxBytes}");
        }

        try
        {
            var envelope =
                JsonSerializer.Deserialize(json, AttestationJson.Default.DsseEnvelope)
                ?? throw new StatementException("the envelope is null");
            var count = envelope.Signatures.Count;
            return count is > 0 and <= MaxSignatures && envelope.Signatures.All(one => one is not null)
                ? envelope
                : throw new StatementException($"the envelope has {count} signatures, or one that is null");
        }
        catch (JsonException e)
        {
            throw new StatementException(e.Message, e);
        }
    }

    /// <summary>The JSON form, UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AttestationJson.Default.DsseEnvelope);

    /// <summary>What is signed: "DSSEv1" and both parts with their lengths, so that no type and payload read as another pair.</summary>
    public static byte[] PreAuthentication(string payloadType, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(payloadType);
        var length = Encoding.UTF8.GetByteCount(payloadType);
        var head = string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {length} {payloadType} {payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }
}
