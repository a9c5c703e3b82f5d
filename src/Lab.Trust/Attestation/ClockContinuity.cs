using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>Compares the clocks of two quotes.</summary>
public static class ClockContinuity
{
    /// <summary>What happened between two quotes of the same attestation key. A reset sets the restart count back, and that is no rollback.</summary>
    public static ClockChange Compare(TpmClockInfo earlier, TpmClockInfo later)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(later);
        if (later.ResetCount != earlier.ResetCount)
        {
            return later.ResetCount > earlier.ResetCount ? ClockChange.Rebooted : ClockChange.RolledBack;
        }

        if (later.RestartCount != earlier.RestartCount)
        {
            return later.RestartCount > earlier.RestartCount ? ClockChange.Resumed : ClockChange.RolledBack;
        }

        return later.Clock >= earlier.Clock ? ClockChange.None : ClockChange.RolledBack;
    }
}
