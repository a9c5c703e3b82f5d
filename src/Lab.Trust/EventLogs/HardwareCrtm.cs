using Lab.Trust.Tpm;

namespace Lab.Trust.EventLogs;

/// <summary>
/// The hardware root of trust for measurement: a ROM that hashes the firmware through the TPM's _TPM_Hash_Start/Data/End before anything
/// runs. PCR 0 then starts as H(00…04 ‖ H(firmware)) (Part 1, 34.3: the value of locality 4, extended), and no log tells of it where the
/// firmware does not know.
/// </summary>
public static class HardwareCrtm
{
    private const byte Locality = 4;

    /// <summary>PCR 0's start value for firmware with this digest.</summary>
    /// <exception cref="ArgumentException">The digest does not have the bank's size.</exception>
    public static byte[] StartValue(TpmAlgorithm bank, ReadOnlySpan<byte> firmwareDigest)
    {
        var value = new byte[TpmHash.RequiredSizeOf(bank)];
        value[^1] = Locality;
        return TpmHash.Extend(bank, value, firmwareDigest);
    }
}
