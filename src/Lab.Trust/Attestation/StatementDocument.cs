using System.Text.Json.Serialization;

namespace Lab.Trust.Attestation;

/// <summary>An <see cref="AppraisalStatement"/> as JSON: in-toto Statement v1.</summary>
internal sealed record StatementDocument
{
    [JsonPropertyName("_type")]
    public required string Type { get; init; }

    public required IReadOnlyList<SubjectPart> Subject { get; init; }

    public required string PredicateType { get; init; }

    public required PredicatePart Predicate { get; init; }

    internal sealed record SubjectPart
    {
        public required string Name { get; init; }

        public required DigestPart Digest { get; init; }
    }

    internal sealed record DigestPart
    {
        public required string Sha256 { get; init; }
    }

    internal sealed record PredicatePart
    {
        public required string Verifier { get; init; }

        public required string Board { get; init; }

        public required string Verdict { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Denial? Denial { get; init; }

        public required DigestPart Policy { get; init; }

        public required string IssuedAt { get; init; }

        public required string ExpiresAt { get; init; }

        public required IReadOnlyList<ClaimPart> Claims { get; init; }
    }

    internal sealed record ClaimPart
    {
        public required string Name { get; init; }

        public required string Verdict { get; init; }

        public required string Detail { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Evidence { get; init; }
    }
}
