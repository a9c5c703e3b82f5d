using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>
/// Whom and what a verifier accepts. At least one PCR must be judged, and it must be said whose attestation key it is: by its name, or by
/// the TPM's manufacturer together with a verifier who saw the key activated.
/// </summary>
public sealed record AppraisalPolicy
{
    private AppraisalPolicy() { }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The allowed values.</summary>
    public required ReferenceValues Reference { get; init; }

    /// <summary>The demanded events, and what is denied.</summary>
    public required EventPolicy Events { get; init; }

    /// <summary>Whose TPMs are TPMs; null where <see cref="AkNames"/> says whose keys.</summary>
    public EndorsementTrust? Endorsement { get; init; }

    /// <summary>SHA-256 (lower-case hexadecimal) of the EK certificates of the only TPMs that are accepted; null for any of a trusted maker.</summary>
    public IReadOnlySet<string>? AllowedEks { get; init; }

    /// <summary>Public keys (PEM) of the verifiers whose word on the activation of a key is taken.</summary>
    public required IReadOnlyCollection<string> VerifierKeys { get; init; }

    /// <summary>Names (lower-case hexadecimal) of attestation keys that are accepted; null for any that is activated.</summary>
    public IReadOnlySet<string>? AkNames { get; init; }

    /// <summary>Whether a quote that binds no node's key is refused.</summary>
    public bool RequiresNodeKey { get; init; }

    /// <summary>Makes a policy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="bank">The bank of all its digests: not SHA-1.</param>
    /// <param name="values">PCR → allowed values.</param>
    /// <param name="events">Demanded events, denied digests.</param>
    /// <param name="pcr0Start">PCR 0 before the first logged event, or null.</param>
    /// <param name="endorsement">Whose TPMs are TPMs.</param>
    /// <param name="verifierKeys">Whose word is taken.</param>
    /// <param name="akNames">Accepted attestation keys.</param>
    /// <exception cref="ReferenceValuesException">It judges no PCR, one in two ways, or does not say whose key it accepts.</exception>
    public static AppraisalPolicy Create(
        string name,
        TpmAlgorithm bank,
        IReadOnlyDictionary<int, IReadOnlyList<byte[]>> values,
        EventPolicy events,
        byte[]? pcr0Start = null,
        EndorsementTrust? endorsement = null,
        IReadOnlyCollection<string>? verifierKeys = null,
        IReadOnlySet<string>? akNames = null
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(events);
        if (values.Count + events.Rules.Count == 0)
        {
            throw new ReferenceValuesException("no PCR is judged");
        }

        if (values.Keys.FirstOrDefault(events.Rules.ContainsKey, -1) is var twice and >= 0)
        {
            throw new ReferenceValuesException($"PCR {twice} is judged by its value and by its events");
        }

        if (akNames is null && (endorsement is null || verifierKeys is not { Count: > 0 }))
        {
            throw new ReferenceValuesException(
                "it does not say whose attestation key is accepted: name keys, or endorsement roots and the verifiers who saw the key activated"
            );
        }

        return new AppraisalPolicy
        {
            Name = name,
            Reference =
                values.Count > 0 ? new ReferenceValues(name, values, bank, pcr0Start) : ReferenceValues.None(bank, pcr0Start),
            Events = events,
            Endorsement = endorsement,
            VerifierKeys = verifierKeys ?? [],
            AkNames = akNames,
        };
    }
}
