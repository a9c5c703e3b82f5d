using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lab.Trust.Tpm;

/// <summary>KDFa and KDFe of Part 1, 11.4.10, and the mask generation of OAEP.</summary>
internal static class TpmKeyDerivation
{
    /// <summary>KDFa: SP 800-108 in counter mode with HMAC. Sizes in bits, whole bytes only.</summary>
    public static byte[] KdfA(
        TpmAlgorithm hash,
        ReadOnlySpan<byte> key,
        string label,
        ReadOnlySpan<byte> contextU,
        ReadOnlySpan<byte> contextV,
        int bits
    )
    {
        using var hmac = IncrementalHash.CreateHMAC(TpmHash.NameOf(hash), key);
        var derived = new List<byte>();
        for (var counter = 1u; derived.Count < bits / 8; counter++)
        {
            hmac.AppendData(BigEndian(counter));
            hmac.AppendData(Encoding.ASCII.GetBytes(label + '\0'));
            hmac.AppendData(contextU);
            hmac.AppendData(contextV);
            hmac.AppendData(BigEndian((uint)bits));
            derived.AddRange(hmac.GetHashAndReset());
        }

        return [.. derived[..(bits / 8)]];
    }

    /// <summary>KDFe: SP 800-56A, for a secret shared by ECDH.</summary>
    public static byte[] KdfE(
        TpmAlgorithm hash,
        ReadOnlySpan<byte> z,
        string label,
        ReadOnlySpan<byte> partyU,
        ReadOnlySpan<byte> partyV,
        int bits
    )
    {
        using var digest = IncrementalHash.CreateHash(TpmHash.NameOf(hash));
        var derived = new List<byte>();
        for (var counter = 1u; derived.Count < bits / 8; counter++)
        {
            digest.AppendData(BigEndian(counter));
            digest.AppendData(z);
            digest.AppendData(Encoding.ASCII.GetBytes(label + '\0'));
            digest.AppendData(partyU);
            digest.AppendData(partyV);
            derived.AddRange(digest.GetHashAndReset());
        }

        return [.. derived[..(bits / 8)]];
    }

    /// <summary>Exclusive-ors MGF1(seed) over <paramref name="target"/> (RFC 8017, B.2.1).</summary>
    public static void Mask(TpmAlgorithm hash, ReadOnlySpan<byte> seed, Span<byte> target)
    {
        using var digest = IncrementalHash.CreateHash(TpmHash.NameOf(hash));
        for (var counter = 0u; !target.IsEmpty; counter++)
        {
            digest.AppendData(seed);
            digest.AppendData(BigEndian(counter));
            var mask = digest.GetHashAndReset();
            var count = Math.Min(mask.Length, target.Length);
            for (var i = 0; i < count; i++)
            {
                target[i] ^= mask[i];
            }

            target = target[count..];
        }
    }

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
