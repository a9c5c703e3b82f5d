using System.Runtime.InteropServices;

namespace Lab.Trust.Tpm;

/// <summary>TPMT_SYM_DEF_OBJECT: how a storage key encrypts its children.</summary>
/// <param name="Algorithm">AES, or <see cref="TpmAlgorithm.Null"/> for none.</param>
/// <param name="KeyBits">Key size in bits; 0 for none.</param>
/// <param name="Mode">Mode of operation; <see cref="TpmAlgorithm.Null"/> for none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TpmSymmetric(TpmAlgorithm Algorithm, int KeyBits, TpmAlgorithm Mode)
{
    /// <summary>No symmetric algorithm: the object is not a storage key.</summary>
    public static TpmSymmetric Null => new(TpmAlgorithm.Null, 0, TpmAlgorithm.Null);

    /// <summary>AES-128 in CFB mode, as in the TCG's EK templates L-1 and L-2.</summary>
    public static TpmSymmetric Aes128Cfb => new(TpmAlgorithm.Aes, 128, TpmAlgorithm.Cfb);

    internal static TpmSymmetric Read(ref TpmReader reader)
    {
        var algorithm = reader.Algorithm();
        return algorithm switch
        {
            TpmAlgorithm.Null => Null,
            TpmAlgorithm.Aes => new TpmSymmetric(algorithm, reader.U16(), reader.Algorithm()),
            _ => throw reader.Bad($"the symmetric algorithm 0x{(ushort)algorithm:X4} is not known", 2),
        };
    }

    internal void Write(TpmWriter writer)
    {
        writer.Algorithm(Algorithm);
        if (Algorithm != TpmAlgorithm.Null)
        {
            writer.U16((ushort)KeyBits).Algorithm(Mode);
        }
    }
}
