using System.Runtime.InteropServices;

namespace Lab.Trust.Tpm;

/// <summary>A signing, encryption or key derivation scheme with its hash; <see cref="Null"/> where none is fixed.</summary>
/// <param name="Algorithm">The scheme.</param>
/// <param name="Hash">Its hash; <see cref="TpmAlgorithm.Null"/> for schemes without one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TpmScheme(TpmAlgorithm Algorithm, TpmAlgorithm Hash)
{
    /// <summary>TPM_ALG_NULL: the caller chooses with each use.</summary>
    public static TpmScheme Null => new(TpmAlgorithm.Null, TpmAlgorithm.Null);

    private bool HasHash => Algorithm is not (TpmAlgorithm.Null or TpmAlgorithm.RsaEs);

    internal static TpmScheme Read(ref TpmReader reader)
    {
        var algorithm = reader.Algorithm();
        var scheme = new TpmScheme(algorithm, TpmAlgorithm.Null);
        if (!IsKnown(algorithm))
        {
            throw reader.Bad($"the scheme 0x{(ushort)algorithm:X4} is not known", 2);
        }

        return scheme.HasHash ? scheme with { Hash = reader.Algorithm() } : scheme;
    }

    internal void Write(TpmWriter writer)
    {
        writer.Algorithm(Algorithm);
        if (HasHash)
        {
            writer.Algorithm(Hash);
        }
    }

    private static bool IsKnown(TpmAlgorithm algorithm) =>
        algorithm
            is TpmAlgorithm.Null
                or TpmAlgorithm.RsaSsa
                or TpmAlgorithm.RsaPss
                or TpmAlgorithm.RsaEs
                or TpmAlgorithm.Oaep
                or TpmAlgorithm.EcDsa
                or TpmAlgorithm.Ecdh
                or TpmAlgorithm.Hmac
                or TpmAlgorithm.Kdf1Sp80056A
                or TpmAlgorithm.Kdf1Sp800108;
}
