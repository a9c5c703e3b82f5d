using System.Security.Cryptography;

namespace Lab.BootAgent.Node;

/// <summary>The released secret's box: nonce (12 bytes), AES-256-GCM ciphertext, tag (16 bytes).</summary>
internal static class SecretBox
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int KeySize = 32;

    /// <summary>Opens it.</summary>
    /// <exception cref="DenialException"><c>protocol</c>: too short, or not sealed with this key.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> box)
    {
        if (key.Length != KeySize || box.Length < NonceSize + TagSize)
            throw new DenialException("protocol", $"a secret of {box.Length} bytes under a key of {key.Length}");
        var secret = new byte[box.Length - NonceSize - TagSize];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(box[..NonceSize], box[NonceSize..^TagSize], box[^TagSize..], secret);
            return secret;
        }
        catch (CryptographicException error)
        {
            throw new DenialException("protocol", "the released secret does not open with the key from the TPM", inner: error);
        }
    }
}
