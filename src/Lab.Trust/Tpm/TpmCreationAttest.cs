namespace Lab.Trust.Tpm;

/// <summary>TPMS_ATTEST of a creation (Part 2, 10.12.9): the TPM says that it made this object.</summary>
/// <param name="ExtraData">The caller's nonce.</param>
/// <param name="Clock">The TPM's clock at the time.</param>
/// <param name="ObjectName">The name of the object.</param>
/// <param name="CreationHash">The digest of its creation data.</param>
public sealed record TpmCreationAttest(byte[] ExtraData, TpmClockInfo Clock, byte[] ObjectName, byte[] CreationHash)
{
    /// <summary>TPM_ST_ATTEST_CREATION.</summary>
    public const ushort CreationType = 0x801A;

    private const int MaxName = 2 + TpmHash.MaxDigestSize;

    /// <summary>Parses it; magic and type are looked at first and nothing may follow it.</summary>
    /// <exception cref="TpmFormatException">It is not one, or not of a TPM.</exception>
    public static TpmCreationAttest Parse(ReadOnlySpan<byte> attest)
    {
        var reader = new TpmReader(attest);
        var magic = reader.U32();
        var type = reader.U16();
        if (magic != TpmAttest.GeneratedMagic || type != CreationType)
        {
            throw reader.Bad($"the magic 0x{magic:X8} and the type 0x{type:X4} are not those of a creation", 6);
        }

        reader.Sized(MaxName); // the qualified signer
        var extraData = reader.Sized(MaxName).ToArray();
        var clock = TpmClockInfo.Read(ref reader);
        reader.U64(); // the TPM's firmware
        var parsed = new TpmCreationAttest(
            extraData,
            clock,
            reader.Sized(MaxName).ToArray(),
            reader.Sized(TpmHash.MaxDigestSize).ToArray()
        );
        reader.End("TPMS_ATTEST");
        return parsed;
    }
}
