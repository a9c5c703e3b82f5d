using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <summary>The hash algorithms a PCR bank or a name can use, and their computation by the BCL.</summary>
public static class TpmHash
{
    /// <summary>The largest digest of any known algorithm, in bytes.</summary>
    public const int MaxDigestSize = 64;

    /// <summary>The digest's size in bytes, or null when the algorithm is not a hash known here (TCG Algorithm Registry).</summary>
    public static int? SizeOf(TpmAlgorithm algorithm) =>
        algorithm switch
        {
            TpmAlgorithm.Sha1 => 20,
            TpmAlgorithm.Sha256 or TpmAlgorithm.Sm3 or TpmAlgorithm.Sha3Of256 => 32,
            TpmAlgorithm.Sha384 or TpmAlgorithm.Sha3Of384 => 48,
            TpmAlgorithm.Sha512 or TpmAlgorithm.Sha3Of512 => 64,
            _ => null,
        };

    /// <summary>Whether digests of this algorithm can be computed here: SHA-1, SHA-256, SHA-384 and SHA-512.</summary>
    public static bool CanCompute(TpmAlgorithm algorithm) =>
        algorithm is TpmAlgorithm.Sha1 or TpmAlgorithm.Sha256 or TpmAlgorithm.Sha384 or TpmAlgorithm.Sha512;

    /// <summary>The digest's size in bytes.</summary>
    /// <exception cref="NotSupportedException">The algorithm is not one that can be computed.</exception>
    public static int RequiredSizeOf(TpmAlgorithm algorithm) =>
        CanCompute(algorithm) ? SizeOf(algorithm)!.Value : throw NotComputable(algorithm);

    /// <summary>The BCL's name of the algorithm.</summary>
    /// <exception cref="NotSupportedException">The algorithm is not one that can be computed.</exception>
    public static HashAlgorithmName NameOf(TpmAlgorithm algorithm) =>
        algorithm switch
        {
            TpmAlgorithm.Sha1 => HashAlgorithmName.SHA1,
            TpmAlgorithm.Sha256 => HashAlgorithmName.SHA256,
            TpmAlgorithm.Sha384 => HashAlgorithmName.SHA384,
            TpmAlgorithm.Sha512 => HashAlgorithmName.SHA512,
            _ => throw NotComputable(algorithm),
        };

    /// <summary>The digest of <paramref name="data"/>.</summary>
    /// <exception cref="NotSupportedException">The algorithm is not one that can be computed.</exception>
    public static byte[] Compute(TpmAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
        var digest = new byte[RequiredSizeOf(algorithm)];
        Compute(algorithm, data, digest);
        return digest;
    }

    /// <summary>The value of a PCR after an extend: H(value ‖ digest).</summary>
    /// <exception cref="NotSupportedException">The algorithm is not one that can be computed.</exception>
    /// <exception cref="ArgumentException">The value or the digest does not have the algorithm's size.</exception>
    public static byte[] Extend(TpmAlgorithm algorithm, ReadOnlySpan<byte> value, ReadOnlySpan<byte> digest)
    {
        var next = value.ToArray();
        ExtendInPlace(algorithm, next, digest);
        return next;
    }

    internal static void ExtendInPlace(TpmAlgorithm algorithm, Span<byte> value, ReadOnlySpan<byte> digest)
    {
        var size = RequiredSizeOf(algorithm);
        if (value.Length != size || digest.Length != size)
        {
            throw new ArgumentException($"A {algorithm} PCR is extended with {size} bytes, not {digest.Length}.", nameof(digest));
        }

        Span<byte> both = stackalloc byte[2 * MaxDigestSize];
        value.CopyTo(both);
        digest.CopyTo(both[size..]);
        Compute(algorithm, both[..(2 * size)], value);
    }

    internal static void Compute(TpmAlgorithm algorithm, ReadOnlySpan<byte> data, Span<byte> digest) =>
        CryptographicOperations.HashData(NameOf(algorithm), data, digest);

    private static NotSupportedException NotComputable(TpmAlgorithm algorithm) =>
        new($"The hash algorithm {algorithm} (0x{(ushort)algorithm:X4}) cannot be computed here.");
}
