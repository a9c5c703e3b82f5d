using System.Security.Cryptography;
using Lab.Trust.Tpm;

namespace Lab.Trust.Tests.Tpm;

/// <summary>An attestation key outside any TPM: signs whatever a test, or an attacker, wants it to.</summary>
internal sealed class SoftwareQuote : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TpmPublic Public
    {
        get
        {
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return TpmTemplates.AkEccP256 with { Unique = point.X!, UniqueY = point.Y! };
        }
    }

    /// <summary>A TPMS_ATTEST of a quote.</summary>
    public static byte[] Attest(byte[] nonce, PcrSelection selection, byte[] digest, uint magic = TpmAttest.GeneratedMagic)
    {
        var writer = new TpmWriter().U32(magic).U16(TpmAttest.QuoteType).Sized(new byte[34]).Sized(nonce);
        writer.U64(1000).U32(7).U32(1).U8(1).U64(0x2024_0101);
        selection.WriteList(writer);
        return writer.Sized(digest).ToArray();
    }

    /// <summary>A TPMT_SIGNATURE.</summary>
    public byte[] Sign(byte[] data, TpmAlgorithm hash = TpmAlgorithm.Sha256)
    {
        var both = key.SignData(data, TpmHash.NameOf(hash));
        return new TpmSignature(new TpmScheme(TpmAlgorithm.EcDsa, hash), both[..32], both[32..]).ToBytes();
    }

    public void Dispose() => key.Dispose();
}
