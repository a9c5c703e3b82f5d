namespace Lab.Trust.Tuf.Repository;

/// <summary>A private key that signs metadata: a file, a token, a TPM.</summary>
public interface ITufSigner
{
    /// <summary>The public half, as metadata lists it.</summary>
    TufKey Key { get; }

    /// <summary>Signs in the form that the key's scheme has in metadata (ECDSA: DER).</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}
