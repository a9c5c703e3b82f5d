using System.Security.Cryptography;

namespace Lab.Trust.Attestation;

/// <summary>
/// Binds the key that a node asks its cluster certificate for to the quote of the same boot: the quote's qualifying data is then
/// SHA-256("hwlab-node-key-v1" ‖ nonce ‖ SHA-256(SubjectPublicKeyInfo)) instead of the nonce.
/// </summary>
public static class NodeKeyBinding
{
    /// <summary>The size of a key's digest: SHA-256.</summary>
    public const int DigestSize = SHA256.HashSizeInBytes;

    // The label and the digest have fixed sizes, so no two pairs of nonce and key have the same bytes.
    private static ReadOnlySpan<byte> Label => "hwlab-node-key-v1"u8;

    /// <summary>What the TPM signs for a nonce and a node's key.</summary>
    /// <param name="nonce">The nonce that was asked for.</param>
    /// <param name="keySha256">SHA-256 of the key's SubjectPublicKeyInfo (DER).</param>
    /// <exception cref="ArgumentException">The digest does not have <see cref="DigestSize"/> bytes.</exception>
    public static byte[] QualifyingData(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> keySha256)
    {
        if (keySha256.Length != DigestSize)
        {
            throw new ArgumentException($"A key's digest has {DigestSize} bytes, not {keySha256.Length}.", nameof(keySha256));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Label);
        hash.AppendData(nonce);
        hash.AppendData(keySha256);
        return hash.GetHashAndReset();
    }
}
