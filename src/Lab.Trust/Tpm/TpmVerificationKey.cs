using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <summary>
/// A public key made ready to verify many signatures: to import one takes longer than to verify with it, since the point is checked to be on
/// the curve and of its order. May be used from several threads, one at a time gets its turn.
/// </summary>
public sealed class TpmVerificationKey : IDisposable
{
    private readonly Lock gate = new();
    private readonly ECDsa? ecdsa;
    private readonly RSA? rsa;

    /// <summary>Imports a key.</summary>
    /// <exception cref="TpmFormatException">It is no key that verifies: of another kind, off the curve.</exception>
    public TpmVerificationKey(TpmPublic key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Public = key;
        try
        {
            ecdsa = key.Type == TpmAlgorithm.Ecc ? ECDsa.Create(key.ToEcParameters()) : null;
            rsa = key.Type == TpmAlgorithm.Rsa ? RSA.Create(key.ToRsaParameters()) : null;
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException)
        {
            throw new TpmFormatException(0, $"The key is no key: {e.Message}");
        }

        if (ecdsa is null && rsa is null)
        {
            throw new TpmFormatException(0, $"A key of type {key.Type} verifies nothing.");
        }
    }

    /// <summary>The key as it was given.</summary>
    public TpmPublic Public { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        ecdsa?.Dispose();
        rsa?.Dispose();
    }

    internal bool VerifyEcdsa(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
    {
        lock (gate)
        {
            return ecdsa is not null && ecdsa.VerifyData(data, signature, hash);
        }
    }

    internal bool VerifyRsa(
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> signature,
        HashAlgorithmName hash,
        RSASignaturePadding padding
    )
    {
        lock (gate)
        {
            return rsa is not null && rsa.VerifyData(data, signature, hash, padding);
        }
    }
}
