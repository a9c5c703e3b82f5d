namespace Lab.Trust.Attestation;

/// <summary>What came out of one check.</summary>
public enum ClaimVerdict
{
    /// <summary>It was checked and holds.</summary>
    Pass,

    /// <summary>It was checked and does not hold.</summary>
    Fail,

    /// <summary>It was not reached: an earlier check failed. Never counts as a pass.</summary>
    NotChecked,
}
