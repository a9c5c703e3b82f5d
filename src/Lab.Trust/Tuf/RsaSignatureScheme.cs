using System.Security.Cryptography;

namespace Lab.Trust.Tuf;

/// <summary><c>rsassa-pss-sha256</c> (salt as long as the hash) and <c>rsa-pkcs1v15-sha256</c>; PEM keys.</summary>
public sealed class RsaSignatureScheme : ISignatureScheme
{
    /// <summary>In bits. NIST SP 800-131A: no shorter key after 2013.</summary>
    private const int MinimumKeySize = 2048;

    /// <summary>In bits. Bounds the time of one verification.</summary>
    private const int MaximumKeySize = 8192;

    private const string Pss = "rsassa-pss-sha256";

    /// <inheritdoc/>
    public bool Supports(string keyType, string scheme) => keyType == "rsa" && scheme is Pss or "rsa-pkcs1v15-sha256";

    /// <inheritdoc/>
    public byte[]? Decode(TufKey key)
    {
        if (SubjectPublicKeyInfo.Read(key.PublicKey) is not { } encoded)
        {
            return null;
        }
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(encoded, out _);
            return rsa.KeySize is >= MinimumKeySize and <= MaximumKeySize ? rsa.ExportSubjectPublicKeyInfo() : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Verify(TufKey key, byte[] decodedKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(decodedKey, out _);
            var hash = SHA256.HashData(data);
            var padding = key.Scheme == Pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
            return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, padding);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
