namespace Lab.Trust.Attestation;

/// <summary>What happened to a board between two quotes of the same TPM.</summary>
public enum ClockChange
{
    /// <summary>It kept running.</summary>
    None,

    /// <summary>It was suspended and resumed.</summary>
    Resumed,

    /// <summary>It was rebooted: all it ever proved must be proven again.</summary>
    Rebooted,

    /// <summary>The TPM's counters went back: an old state was restored, or a copy answers.</summary>
    RolledBack,
}
