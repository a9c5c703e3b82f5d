using System.Text.Json.Serialization;

namespace Lab.Controller.Runs;

/// <summary>The shape of <c>run.json</c>, schema <c>hwlab.run/1</c>: docs/run-json.md. Keys may be added to it, none removed or renamed.</summary>
internal sealed record RunDocument
{
    public const string CurrentSchema = "hwlab.run/1";

    public required string Schema { get; init; }
    public required string Id { get; init; }
    public required string Scenario { get; init; }
    public string? Attack { get; init; }
    public required string Rig { get; init; }
    public required string Board { get; init; }
    public required string Verdict { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required long DurationMs { get; init; }
    public required IReadOnlyList<StageDocument> Stages { get; init; }
    public IReadOnlyList<PhaseDocument>? Phases { get; init; }
    public IReadOnlyList<PcrDocument>? Pcrs { get; init; }
    public IReadOnlyList<RefusalDocument>? Refusals { get; init; }
    public IReadOnlyList<AttackDocument>? Attacks { get; init; }
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    internal sealed record StageDocument
    {
        public required string Name { get; init; }
        public required string Verdict { get; init; }
        public required DateTimeOffset StartedAt { get; init; }
        public required long DurationMs { get; init; }
        public string? Error { get; init; }
        public required IReadOnlyList<CheckDocument> Checks { get; init; }
    }

    internal sealed record CheckDocument
    {
        public required string Name { get; init; }
        public required string Verdict { get; init; }
        public required string Detail { get; init; }
        public required IReadOnlyList<string> Evidence { get; init; }
    }

    internal sealed record PhaseDocument
    {
        public required string Name { get; init; }
        public required long AtMs { get; init; }
        public string? Board { get; init; }
    }

    internal sealed record RefusalDocument
    {
        public required string Stage { get; init; }
        public required string Code { get; init; }
    }

    internal sealed record AttackDocument
    {
        public required string Name { get; init; }
        public required string Summary { get; init; }
        public required string Class { get; init; }
        public required RefusalDocument Expected { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public RefusalDocument? Seen { get; init; }

        public required string Verdict { get; init; }
        public required string Detail { get; init; }
        public required string Board { get; init; }
        public required long DurationMs { get; init; }
        public required string Folder { get; init; }
    }

    internal sealed record PcrDocument
    {
        public required int Index { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public string? Predicted { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public string? Quoted { get; init; }

        public required bool Match { get; init; }
        public required string Meaning { get; init; }
    }
}
