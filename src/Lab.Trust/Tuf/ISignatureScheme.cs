namespace Lab.Trust.Tuf;

/// <summary>One or more signature schemes of TUF keys. Stateless.</summary>
public interface ISignatureScheme
{
    /// <summary>True when this scheme verifies signatures of such keys.</summary>
    bool Supports(string keyType, string scheme);

    /// <summary>
    /// The key in its one encoding, or <c>null</c> when it is malformed. Two keys with equal encodings are one key
    /// for a threshold, whatever their key ids are.
    /// </summary>
    byte[]? Decode(TufKey key);

    /// <summary>Verifies; never throws for bad input.</summary>
    /// <param name="key">A key for which <see cref="Decode"/> gave <paramref name="decodedKey"/>.</param>
    /// <param name="decodedKey">As given by <see cref="Decode"/>.</param>
    /// <param name="data">The signed bytes.</param>
    /// <param name="signature">From untrusted metadata.</param>
    bool Verify(TufKey key, byte[] decodedKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
