namespace Lab.Model.Runs;

/// <summary>One execution of one scenario on one board: what <c>run.json</c> holds (schema <c>hwlab.run/1</c>).</summary>
public sealed record RunRecord
{
    /// <summary>The run's ULID.</summary>
    public required string Id { get; init; }

    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>The attack staged, if any.</summary>
    public string? Attack { get; init; }

    /// <summary>The rig's name.</summary>
    public required string Rig { get; init; }

    /// <summary>The board's name.</summary>
    public required string Board { get; init; }

    /// <summary>The run's verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The stages, in order.</summary>
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>Moments of the boot, in order.</summary>
    public IReadOnlyList<BootPhase> Phases { get; init; } = [];

    /// <summary>PCRs, predicted and quoted.</summary>
    public IReadOnlyList<PcrComparison> Pcrs { get; init; } = [];

    /// <summary>What refused, in order; empty for a run in which nothing did.</summary>
    public IReadOnlyList<SeenRefusal> Refusals { get; init; } = [];

    /// <summary>The attack matrix, in the catalog's order; empty for any other run.</summary>
    public IReadOnlyList<AttackResult> Attacks { get; init; } = [];

    /// <summary>Facts worth keeping: tool versions, accelerator, network mode, measured host speed.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
