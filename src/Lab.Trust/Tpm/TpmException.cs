namespace Lab.Trust.Tpm;

/// <summary>The TPM refused a command.</summary>
/// <param name="command">The command that was sent.</param>
/// <param name="code">What the TPM answered.</param>
public sealed class TpmException(TpmCommandCode command, TpmResponseCode code) : Exception($"TPM2_{command}: {code}")
{
    /// <summary>The command that was sent.</summary>
    public TpmCommandCode Command { get; } = command;

    /// <summary>What the TPM answered.</summary>
    public TpmResponseCode Code { get; } = code;
}
