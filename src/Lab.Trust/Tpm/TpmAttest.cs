namespace Lab.Trust.Tpm;

/// <summary>TPMS_ATTEST of a quote (Part 2, 10.12.12): what the TPM signed.</summary>
/// <param name="QualifiedSigner">The signer's *qualified* name: not comparable with the attestation key's name.</param>
/// <param name="ExtraData">The caller's nonce.</param>
/// <param name="Clock">The TPM's clock at the time.</param>
/// <param name="FirmwareVersion">The TPM's own firmware.</param>
/// <param name="Selections">Which PCRs the digest covers.</param>
/// <param name="PcrDigest">The digest of their values.</param>
public sealed record TpmAttest(
    byte[] QualifiedSigner,
    byte[] ExtraData,
    TpmClockInfo Clock,
    ulong FirmwareVersion,
    IReadOnlyList<PcrSelection> Selections,
    byte[] PcrDigest
)
{
    /// <summary>TPM_GENERATED_VALUE: no other data that a restricted key signs begins so.</summary>
    public const uint GeneratedMagic = 0xFF544347;

    /// <summary>TPM_ST_ATTEST_QUOTE.</summary>
    public const ushort QuoteType = 0x8018;

    // TPM2B_NAME: two bytes of algorithm and a digest. TPM2B_DATA: at most a digest and its algorithm.
    private const int MaxName = 2 + TpmHash.MaxDigestSize;

    /// <summary>Parses a quote; magic and type are looked at first and nothing may follow it.</summary>
    /// <exception cref="TpmFormatException">It is not a quote, or not one of a TPM.</exception>
    public static TpmAttest Parse(ReadOnlySpan<byte> attest)
    {
        var reader = new TpmReader(attest);
        var magic = reader.U32();
        if (magic != GeneratedMagic)
        {
            throw reader.Bad($"the magic 0x{magic:X8} is not the TPM's", 4);
        }

        var type = reader.U16();
        if (type != QuoteType)
        {
            throw reader.Bad($"the attestation type 0x{type:X4} is not a quote", 2);
        }

        var quote = new TpmAttest(
            reader.Sized(MaxName).ToArray(),
            reader.Sized(MaxName).ToArray(),
            TpmClockInfo.Read(ref reader),
            reader.U64(),
            PcrSelection.ReadList(ref reader),
            reader.Sized(TpmHash.MaxDigestSize).ToArray()
        );
        reader.End("TPMS_ATTEST");
        return quote;
    }
}
