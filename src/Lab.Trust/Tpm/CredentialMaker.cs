using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Lab.Trust.Tpm;

/// <summary>TPM2_MakeCredential without a TPM (Part 1, 24; annexes B.10.4 and C.6.4).</summary>
public static class CredentialMaker
{
    private const string Identity = "IDENTITY";

    /// <summary>Encrypts a secret so that only the TPM with <paramref name="ek"/> opens it, and only while it holds the key of that name.</summary>
    /// <param name="ek">An RSA or ECC storage key: restricted, decrypt, with an AES-CFB symmetric algorithm.</param>
    /// <param name="name">The name of the other key, usually the attestation key.</param>
    /// <param name="secret">At most as many bytes as the digest of the EK's name algorithm: 32.</param>
    /// <exception cref="ArgumentException">The EK is not such a key, or the secret too long.</exception>
    public static TpmCredential Make(TpmPublic ek, ReadOnlySpan<byte> name, ReadOnlySpan<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(ek);
        if (ek.Symmetric is not { Algorithm: TpmAlgorithm.Aes, Mode: TpmAlgorithm.Cfb, KeyBits: 128 or 192 or 256 })
        {
            throw new ArgumentException("The endorsement key has no AES-CFB symmetric algorithm.", nameof(ek));
        }

        if (!TpmHash.CanCompute(ek.NameAlgorithm) || secret.Length > TpmHash.RequiredSizeOf(ek.NameAlgorithm))
        {
            throw new ArgumentException($"A secret of {secret.Length} bytes does not fit this key.", nameof(secret));
        }

        var (seed, encryptedSecret) = MakeSeed(ek, Identity);
        var blob = Protect(ek, seed, name, secret);
        return new TpmCredential(new TpmWriter().Sized(blob).ToArray(), new TpmWriter().Sized(encryptedSecret).ToArray());
    }

    /// <summary>A random secret for the holder of a storage key, and its encryption (Part 1, B.10.4 and C.6.4).</summary>
    /// <exception cref="ArgumentException">The key is not a storage key.</exception>
    internal static (byte[] Seed, byte[] EncryptedSecret) MakeSeed(TpmPublic ek, string label)
    {
        try
        {
            return ek.Type switch
            {
                TpmAlgorithm.Rsa => SeedByRsa(ek, label),
                TpmAlgorithm.Ecc => SeedByEcdh(ek, label),
                _ => throw new ArgumentException($"A {ek.Type} object is not an endorsement key.", nameof(ek)),
            };
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException)
        {
            throw new ArgumentException($"The endorsement key is no key: {e.Message}", nameof(ek), e);
        }
    }

    private static byte[] Protect(TpmPublic ek, byte[] seed, ReadOnlySpan<byte> name, ReadOnlySpan<byte> secret)
    {
        var hash = ek.NameAlgorithm;
        using var aes = Aes.Create();
        aes.Key = TpmKeyDerivation.KdfA(hash, seed, "STORAGE", name, [], ek.Symmetric.KeyBits);
        var plain = new TpmWriter().Sized(secret).ToArray();

        // CFB with 128 bits of feedback works on whole blocks here: pad, then cut; the stream before the cut is the same.
        var padded = new byte[(plain.Length + 15) / 16 * 16];
        plain.CopyTo(padded, 0);
        var cipher = aes.EncryptCfb(padded, new byte[16], PaddingMode.None, feedbackSizeInBits: 128).AsSpan(0, plain.Length);

        var hmacKey = TpmKeyDerivation.KdfA(hash, seed, "INTEGRITY", [], [], 8 * TpmHash.RequiredSizeOf(hash));
        using var hmac = IncrementalHash.CreateHMAC(TpmHash.NameOf(hash), hmacKey);
        hmac.AppendData(cipher);
        hmac.AppendData(name);
        return new TpmWriter().Sized(hmac.GetHashAndReset()).Bytes(cipher).ToArray();
    }

    private static (byte[] Seed, byte[] EncryptedSecret) SeedByRsa(TpmPublic ek, string label)
    {
        var seed = RandomNumberGenerator.GetBytes(TpmHash.RequiredSizeOf(ek.NameAlgorithm));
        var parameters = ek.ToRsaParameters();
        var size = parameters.Modulus!.Length;
        var padded = PadOaep(ek.NameAlgorithm, size, seed, label);

        // The BCL's OAEP takes no label and its RSA no unpadded input. A public-key operation: nothing here depends on a private key.
        var modulus = new BigInteger(parameters.Modulus, isUnsigned: true, isBigEndian: true);
        if (modulus.IsEven || modulus.IsZero)
        {
            throw new ArgumentException("The endorsement key's modulus is not one.", nameof(ek));
        }

        var exponent = new BigInteger(parameters.Exponent, isUnsigned: true, isBigEndian: true);
        var message = new BigInteger(padded, isUnsigned: true, isBigEndian: true);
        var cipher = BigInteger.ModPow(message, exponent, modulus).ToByteArray(isUnsigned: true, isBigEndian: true);
        return (seed, TpmPublic.Pad(cipher, size));
    }

    /// <summary>EME-OAEP with the zero-terminated label (RFC 8017, 7.1.1; Part 1, B.4).</summary>
    private static byte[] PadOaep(TpmAlgorithm hash, int size, ReadOnlySpan<byte> message, string label)
    {
        var digestSize = TpmHash.RequiredSizeOf(hash);
        if (size < message.Length + (2 * digestSize) + 2)
        {
            throw new ArgumentException($"A modulus of {size} bytes is too small.", nameof(size));
        }

        var padded = new byte[size];
        var seed = padded.AsSpan(1, digestSize);
        var block = padded.AsSpan(1 + digestSize);
        TpmHash.Compute(hash, Encoding.ASCII.GetBytes(label + '\0')).CopyTo(block);
        block[^(message.Length + 1)] = 1;
        message.CopyTo(block[^message.Length..]);
        RandomNumberGenerator.Fill(seed);
        TpmKeyDerivation.Mask(hash, seed, block);
        TpmKeyDerivation.Mask(hash, block, seed);
        return padded;
    }

    private static (byte[] Seed, byte[] EncryptedSecret) SeedByEcdh(TpmPublic ek, string label)
    {
        using var ephemeral = ECDiffieHellman.Create(TpmPublic.NamedCurve(ek.Curve));
        using var peer = ECDiffieHellman.Create(ek.ToEcParameters());
        var z = ephemeral.DeriveRawSecretAgreement(peer.PublicKey);
        var ours = ephemeral.ExportParameters(includePrivateParameters: false).Q;
        var theirs = ek.ToEcParameters().Q;
        var bits = 8 * TpmHash.RequiredSizeOf(ek.NameAlgorithm);
        var seed = TpmKeyDerivation.KdfE(ek.NameAlgorithm, z, label, ours.X, theirs.X, bits);
        return (seed, new TpmWriter().Sized(ours.X).Sized(ours.Y).ToArray());
    }
}
