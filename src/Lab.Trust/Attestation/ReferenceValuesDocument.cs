using System.Text.Json.Serialization;

namespace Lab.Trust.Attestation;

/// <summary>Reference values as JSON: digests as lower-case hex.</summary>
internal sealed record ReferenceValuesDocument
{
    public required string Schema { get; init; }

    public required string Description { get; init; }

    public required string Bank { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pcr0Start { get; init; }

    public required SortedDictionary<int, IReadOnlyList<string>> Pcrs { get; init; }
}
