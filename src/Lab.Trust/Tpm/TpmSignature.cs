using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <summary>TPMT_SIGNATURE: ECDSA, RSASSA or RSAPSS.</summary>
/// <param name="Scheme">Scheme and hash.</param>
/// <param name="R">ECDSA's r, or the whole RSA signature.</param>
/// <param name="S">ECDSA's s; empty for RSA.</param>
public sealed record TpmSignature(TpmScheme Scheme, byte[] R, byte[] S)
{
    private const int MaxRsa = 512;

    /// <summary>Parses a TPMT_SIGNATURE; nothing may follow it.</summary>
    /// <exception cref="TpmFormatException">It is not one, or of an unknown scheme.</exception>
    public static TpmSignature Parse(ReadOnlySpan<byte> signature)
    {
        var reader = new TpmReader(signature);
        var algorithm = reader.Algorithm();
        if (algorithm is not (TpmAlgorithm.EcDsa or TpmAlgorithm.RsaSsa or TpmAlgorithm.RsaPss))
        {
            throw reader.Bad($"the signature scheme 0x{(ushort)algorithm:X4} is not known", 2);
        }

        var scheme = new TpmScheme(algorithm, reader.Algorithm());
        var r = reader.Sized(MaxRsa).ToArray();
        var s = algorithm == TpmAlgorithm.EcDsa ? reader.Sized(MaxRsa).ToArray() : [];
        reader.End("TPMT_SIGNATURE");
        return new TpmSignature(scheme, r, s);
    }

    /// <summary>The TPMT_SIGNATURE on the wire.</summary>
    public byte[] ToBytes()
    {
        var writer = new TpmWriter();
        Scheme.Write(writer);
        writer.Sized(R);
        return Scheme.Algorithm == TpmAlgorithm.EcDsa ? writer.Sized(S).ToArray() : writer.ToArray();
    }

    /// <summary>
    /// Whether <paramref name="key"/> signed <paramref name="data"/>. False, never an exception, for a wrong signature, for a key of
    /// another kind or one whose own scheme is not the signature's, and for hashes that cannot be computed here.
    /// </summary>
    public bool Verify(TpmPublic key, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Fits(key))
        {
            return false;
        }

        try
        {
            using var imported = new TpmVerificationKey(key);
            return Verify(imported, data);
        }
        catch (TpmFormatException)
        {
            // The key is no key: a point off the curve, an even modulus.
            return false;
        }
    }

    /// <summary>The same with a key that was imported before.</summary>
    public bool Verify(TpmVerificationKey key, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Fits(key.Public))
        {
            return false;
        }

        try
        {
            var hash = TpmHash.NameOf(Scheme.Hash);
            return Scheme.Algorithm switch
            {
                TpmAlgorithm.EcDsa => VerifyEcdsa(key, data, hash),
                TpmAlgorithm.RsaSsa => key.VerifyRsa(data, R, hash, RSASignaturePadding.Pkcs1),
                TpmAlgorithm.RsaPss => key.VerifyRsa(data, R, hash, RSASignaturePadding.Pss),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private bool Fits(TpmPublic key) =>
        (key.Scheme == TpmScheme.Null || key.Scheme == Scheme)
        && TpmHash.CanCompute(Scheme.Hash)
        && (key.Type, Scheme.Algorithm)
            is
                (TpmAlgorithm.Ecc, TpmAlgorithm.EcDsa)
                or
                (TpmAlgorithm.Rsa, TpmAlgorithm.RsaSsa)
                or
                (TpmAlgorithm.Rsa, TpmAlgorithm.RsaPss);

    private bool VerifyEcdsa(TpmVerificationKey key, ReadOnlySpan<byte> data, HashAlgorithmName hash)
    {
        var size = TpmPublic.CoordinateSize(key.Public.Curve);
        var r = R.AsSpan().TrimStart((byte)0);
        var s = S.AsSpan().TrimStart((byte)0);
        if (r.Length > size || s.Length > size)
        {
            return false;
        }

        byte[] both = [.. TpmPublic.Pad(r, size), .. TpmPublic.Pad(s, size)];
        return key.VerifyEcdsa(data, both, hash);
    }
}
