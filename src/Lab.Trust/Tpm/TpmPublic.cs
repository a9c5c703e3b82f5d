using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <summary>TPMT_PUBLIC (Part 2, 12.2.4): the public area of an object, and of the template it was made from.</summary>
public sealed record TpmPublic
{
    // The largest modulus of any TPM is 4096 bits; no authPolicy is longer than a digest.
    private const int MaxUnique = 512;

    public required TpmAlgorithm Type { get; init; }

    public required TpmAlgorithm NameAlgorithm { get; init; }

    public required TpmObjectAttributes Attributes { get; init; }

    public byte[] AuthPolicy { get; init; } = [];

    public TpmSymmetric Symmetric { get; init; } = TpmSymmetric.Null;

    public TpmScheme Scheme { get; init; } = TpmScheme.Null;

    /// <summary>ECC only: the key derivation scheme.</summary>
    public TpmScheme Kdf { get; init; } = TpmScheme.Null;

    /// <summary>RSA only: size of the modulus in bits.</summary>
    public int RsaBits { get; init; }

    /// <summary>RSA only: the public exponent; 0 stands for 65537.</summary>
    public uint RsaExponent { get; init; }

    /// <summary>ECC only.</summary>
    public TpmCurve Curve { get; init; }

    /// <summary>The RSA modulus, the x coordinate, or the digest of a keyed hash or symmetric object.</summary>
    public byte[] Unique { get; init; } = [];

    /// <summary>ECC only: the y coordinate.</summary>
    public byte[] UniqueY { get; init; } = [];

    /// <summary>Parses a TPM2B_PUBLIC; nothing may follow it.</summary>
    /// <exception cref="TpmFormatException">It is not one.</exception>
    public static TpmPublic ParseSized(ReadOnlySpan<byte> tpm2B)
    {
        var reader = new TpmReader(tpm2B);
        var area = reader.Sized();
        reader.End("TPM2B_PUBLIC");
        return Parse(area);
    }

    /// <summary>Parses a TPMT_PUBLIC; nothing may follow it.</summary>
    /// <exception cref="TpmFormatException">It is not one.</exception>
    public static TpmPublic Parse(ReadOnlySpan<byte> area)
    {
        var reader = new TpmReader(area);
        var type = reader.Algorithm();
        var key = new TpmPublic
        {
            Type = type,
            NameAlgorithm = reader.Algorithm(),
            Attributes = (TpmObjectAttributes)reader.U32(),
            AuthPolicy = reader.Sized(TpmHash.MaxDigestSize).ToArray(),
        };
        key = type switch
        {
            TpmAlgorithm.Rsa => key with
            {
                Symmetric = TpmSymmetric.Read(ref reader),
                Scheme = TpmScheme.Read(ref reader),
                RsaBits = reader.U16(),
                RsaExponent = reader.U32(),
            },
            TpmAlgorithm.Ecc => key with
            {
                Symmetric = TpmSymmetric.Read(ref reader),
                Scheme = TpmScheme.Read(ref reader),
                Curve = (TpmCurve)reader.U16(),
                Kdf = TpmScheme.Read(ref reader),
            },
            TpmAlgorithm.KeyedHash => key with { Scheme = TpmScheme.Read(ref reader) },
            TpmAlgorithm.SymCipher => key with { Symmetric = TpmSymmetric.Read(ref reader) },
            _ => throw new TpmFormatException(0, $"the object type 0x{(ushort)type:X4} is not known"),
        };
        key = key with { Unique = reader.Sized(MaxUnique).ToArray() };
        if (type == TpmAlgorithm.Ecc)
        {
            key = key with { UniqueY = reader.Sized(MaxUnique).ToArray() };
        }

        reader.End("TPMT_PUBLIC");
        return key;
    }

    /// <summary>The TPMT_PUBLIC on the wire.</summary>
    public byte[] ToBytes()
    {
        var writer = new TpmWriter().Algorithm(Type).Algorithm(NameAlgorithm).U32((uint)Attributes).Sized(AuthPolicy);
        if (Type != TpmAlgorithm.KeyedHash)
        {
            Symmetric.Write(writer);
        }

        if (Type != TpmAlgorithm.SymCipher)
        {
            Scheme.Write(writer);
        }

        if (Type == TpmAlgorithm.Rsa)
        {
            writer.U16((ushort)RsaBits).U32(RsaExponent);
        }
        else if (Type == TpmAlgorithm.Ecc)
        {
            writer.U16((ushort)Curve);
            Kdf.Write(writer);
        }

        writer.Sized(Unique);
        return Type == TpmAlgorithm.Ecc ? writer.Sized(UniqueY).ToArray() : writer.ToArray();
    }

    /// <summary>The TPM2B_PUBLIC on the wire.</summary>
    public byte[] ToSizedBytes() => new TpmWriter().Sized(ToBytes()).ToArray();

    /// <summary>The object's name: nameAlg ‖ H(TPMT_PUBLIC) (Part 1, 16).</summary>
    /// <exception cref="NotSupportedException">The name algorithm cannot be computed here.</exception>
    public byte[] ComputeName() =>
        new TpmWriter().Algorithm(NameAlgorithm).Bytes(TpmHash.Compute(NameAlgorithm, ToBytes())).ToArray();

    /// <summary>The key's RSA parameters.</summary>
    /// <exception cref="InvalidOperationException">It is not an RSA key.</exception>
    public RSAParameters ToRsaParameters()
    {
        if (Type != TpmAlgorithm.Rsa || Unique.Length == 0)
        {
            throw new InvalidOperationException($"A {Type} object is not an RSA key.");
        }

        var exponent = RsaExponent == 0 ? 65537 : RsaExponent;
        var bytes = new TpmWriter().U32(exponent).ToArray().AsSpan().TrimStart((byte)0).ToArray();
        return new RSAParameters { Modulus = Unique, Exponent = bytes };
    }

    /// <summary>The key's curve and point, coordinates padded to the curve's size.</summary>
    /// <exception cref="InvalidOperationException">It is not an ECC key on a known curve.</exception>
    public ECParameters ToEcParameters()
    {
        var size = CoordinateSize(Curve);
        if (Type != TpmAlgorithm.Ecc || size == 0 || Unique.Length > size || UniqueY.Length > size)
        {
            throw new InvalidOperationException($"A {Type} object on curve 0x{(ushort)Curve:X4} is not an ECC key known here.");
        }

        return new ECParameters
        {
            Curve = NamedCurve(Curve),
            Q = new ECPoint { X = Pad(Unique, size), Y = Pad(UniqueY, size) },
        };
    }

    /// <summary>Value equality of everything on the wire.</summary>
    public bool Equals(TpmPublic? other) => other is not null && ToBytes().AsSpan().SequenceEqual(other.ToBytes());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(ToBytes());
        return hash.ToHashCode();
    }

    internal static ECCurve NamedCurve(TpmCurve curve) =>
        curve switch
        {
            TpmCurve.NistP256 => ECCurve.NamedCurves.nistP256,
            TpmCurve.NistP384 => ECCurve.NamedCurves.nistP384,
            TpmCurve.NistP521 => ECCurve.NamedCurves.nistP521,
            _ => throw new InvalidOperationException($"The curve 0x{(ushort)curve:X4} is not known here."),
        };

    internal static int CoordinateSize(TpmCurve curve) =>
        curve switch
        {
            TpmCurve.NistP256 => 32,
            TpmCurve.NistP384 => 48,
            TpmCurve.NistP521 => 66,
            _ => 0,
        };

    internal static byte[] Pad(ReadOnlySpan<byte> number, int size)
    {
        var padded = new byte[size];
        number.CopyTo(padded.AsSpan(size - number.Length));
        return padded;
    }
}
