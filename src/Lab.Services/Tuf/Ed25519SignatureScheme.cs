using Lab.Trust.Tuf;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Lab.Services.Tuf;

/// <summary>
/// <c>ed25519</c> keys of TUF metadata: 32 bytes in hex digits. It lives in the lab because the BCL has no Ed25519; boards
/// trust ECDSA keys only.
/// </summary>
public sealed class Ed25519SignatureScheme : ISignatureScheme
{
    /// <inheritdoc/>
    public bool Supports(string keyType, string scheme) => keyType == "ed25519" && scheme == "ed25519";

    /// <inheritdoc/>
    public byte[]? Decode(TufKey key)
    {
        try
        {
            var bytes = Convert.FromHexString(key.PublicKey);
            return bytes.Length == Ed25519.PublicKeySize && Ed25519.ValidatePublicKeyFull(bytes, 0) ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Verify(TufKey key, byte[] decodedKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == Ed25519.SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, decodedKey, 0, data.ToArray(), 0, data.Length);
}
