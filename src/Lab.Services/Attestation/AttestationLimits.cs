namespace Lab.Services.Attestation;

/// <summary>What boards, or whoever sits in their place, may ask of the attestation service at most.</summary>
public sealed record AttestationLimits
{
    /// <summary>Sessions open at once.</summary>
    public int Sessions { get; init; } = 256;

    /// <summary>How long each step of a session may take.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Requests judged at once.</summary>
    public int Concurrent { get; init; } = 8;

    /// <summary>Bytes of an enrolment or activation.</summary>
    public int SmallBody { get; init; } = 64 * 1024;

    /// <summary>Bytes of evidence: an event log of 8 MiB in base64 and the rest.</summary>
    public int EvidenceBody { get; init; } = 12 << 20;

    /// <summary>Outcomes kept.</summary>
    public int Outcomes { get; init; } = 10_000;
}
