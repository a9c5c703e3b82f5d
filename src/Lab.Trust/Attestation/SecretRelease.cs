using System.Security.Cryptography;
using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>Wraps a secret for one TPM: a fresh AES-256 key travels by MakeCredential, the secret under that key.</summary>
public static class SecretRelease
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Wraps a secret.</summary>
    /// <param name="ek">The board's endorsement key.</param>
    /// <param name="akName">The name of its activated attestation key.</param>
    /// <param name="secret">The secret, of any length.</param>
    /// <exception cref="ArgumentException">The EK is not an endorsement key.</exception>
    public static ReleasedSecret Wrap(TpmPublic ek, ReadOnlySpan<byte> akName, ReadOnlySpan<byte> secret)
    {
        Span<byte> key = stackalloc byte[KeySize];
        RandomNumberGenerator.Fill(key);
        try
        {
            var credential = CredentialMaker.Make(ek, akName, key);
            var ciphertext = new byte[NonceSize + secret.Length + TagSize];
            var nonce = ciphertext.AsSpan(0, NonceSize);
            RandomNumberGenerator.Fill(nonce);
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, secret, ciphertext.AsSpan(NonceSize, secret.Length), ciphertext.AsSpan(NonceSize + secret.Length));
            return new ReleasedSecret(credential.CredentialBlob, credential.EncryptedSecret, ciphertext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Opens a secret with the TPM it was released to.</summary>
    /// <exception cref="TpmException">It was released to another TPM or another attestation key.</exception>
    /// <exception cref="CryptographicException">It was altered on the way.</exception>
    public static byte[] Open(
        Tpm2 tpm,
        TpmObject ak,
        TpmObject ek,
        ReleasedSecret released,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(tpm);
        ArgumentNullException.ThrowIfNull(released);
        var credential = new TpmCredential(released.CredentialBlob, released.EncryptedSecret);
        var key = tpm.ActivateCredential(ak, ek, credential, cancellationToken);
        try
        {
            return Open(key, released.Ciphertext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Opens a ciphertext with the key that the credential held.</summary>
    /// <exception cref="CryptographicException">The key is not its key, or it was altered.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> ciphertext)
    {
        if (key.Length != KeySize || ciphertext.Length < NonceSize + TagSize)
        {
            throw new CryptographicException(
                $"A key of {key.Length} and a ciphertext of {ciphertext.Length} bytes cannot be right."
            );
        }

        var secret = new byte[ciphertext.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(ciphertext[..NonceSize], ciphertext[NonceSize..^TagSize], ciphertext[^TagSize..], secret);
        return secret;
    }
}
