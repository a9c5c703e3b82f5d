namespace Lab.Trust.Tpm;

/// <summary>TPMS_CLOCK_INFO: how the TPM counts its own time.</summary>
/// <param name="Clock">Milliseconds that the TPM has been powered, over its life.</param>
/// <param name="ResetCount">Rises with each TPM reset, that is each power-on or reboot of the platform.</param>
/// <param name="RestartCount">Rises with each resume since the last reset; a reset sets it to zero.</param>
/// <param name="Safe">Whether no greater value of <paramref name="Clock"/> can have been seen: false after a power cut.</param>
public sealed record TpmClockInfo(ulong Clock, uint ResetCount, uint RestartCount, bool Safe)
{
    internal static TpmClockInfo Read(ref TpmReader reader) => new(reader.U64(), reader.U32(), reader.U32(), reader.YesNo());
}
