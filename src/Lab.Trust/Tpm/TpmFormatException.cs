namespace Lab.Trust.Tpm;

/// <summary>A TPM structure is not what Part 2 of the TPM 2.0 specification allows: too short, too long, or a forbidden value.</summary>
/// <param name="offset">Where in the structure, in bytes from its start.</param>
/// <param name="problem">What is wrong.</param>
public sealed class TpmFormatException(int offset, string problem)
    : Exception($"{problem} (at byte {offset} of the TPM structure)")
{
    /// <summary>Where in the structure, in bytes from its start.</summary>
    public int Offset { get; } = offset;
}
