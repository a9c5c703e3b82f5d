using System.Security.Cryptography;

namespace Lab.Trust.Tuf;

/// <summary>
/// <c>ecdsa-sha2-nistp256</c> and <c>-nistp384</c>, key type <c>ecdsa</c> or the older one equal to the scheme;
/// keys as PEM or as hex digits of the uncompressed point; DER signatures.
/// </summary>
public sealed class EcdsaSignatureScheme : ISignatureScheme
{
    private const string P256 = "ecdsa-sha2-nistp256";
    private const string P384 = "ecdsa-sha2-nistp384";

    /// <inheritdoc/>
    public bool Supports(string keyType, string scheme) => scheme is P256 or P384 && (keyType == "ecdsa" || keyType == scheme);

    /// <inheritdoc/>
    public byte[]? Decode(TufKey key)
    {
        var (curve, bits) = key.Scheme == P256 ? (ECCurve.NamedCurves.nistP256, 256) : (ECCurve.NamedCurves.nistP384, 384);
        try
        {
            using var ecdsa = Import(key.PublicKey, curve, bits / 8);
            if (ecdsa is null || ecdsa.KeySize != bits)
            {
                return null;
            }
            return ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == curve.Oid.Value
                ? ecdsa.ExportSubjectPublicKeyInfo()
                : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Verify(TufKey key, byte[] decodedKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(decodedKey, out _);
            return ecdsa.VerifyData(
                data,
                signature,
                key.Scheme == P256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384,
                DSASignatureFormat.Rfc3279DerSequence
            );
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECDsa? Import(string text, ECCurve curve, int fieldLength)
    {
        if (text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return SubjectPublicKeyInfo.Read(text) is { } encoded ? Import(encoded) : null;
        }
        if (!HexText.TryDecode(text, out var point) || point.Length != 2 * fieldLength + 1 || point[0] != 4)
        {
            return null;
        }
        return ECDsa.Create(
            new ECParameters
            {
                Curve = curve,
                Q = new ECPoint { X = point[1..(fieldLength + 1)], Y = point[(fieldLength + 1)..] },
            }
        );
    }

    private static ECDsa Import(byte[] encoded)
    {
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(encoded, out _);
            return ecdsa;
        }
        catch
        {
            ecdsa.Dispose();
            throw;
        }
    }
}
