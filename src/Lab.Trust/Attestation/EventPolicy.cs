namespace Lab.Trust.Attestation;

/// <summary>What is demanded of a quote beyond the values of its PCRs.</summary>
public sealed record EventPolicy
{
    /// <summary>PCR → exactly the events that it must consist of, in their order. These PCRs are quoted besides those with reference values.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<EventRule>> Rules { get; init; } =
        new Dictionary<int, IReadOnlyList<EventRule>>();

    /// <summary>Digests (lower-case hexadecimal) that no event and no PCR may have: of what was revoked.</summary>
    public IReadOnlySet<string> DeniedDigests { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The oldest firmware of the TPM itself (TPMS_ATTEST.firmwareVersion); null for any.</summary>
    public ulong? MinimumTpmFirmware { get; init; }
}
