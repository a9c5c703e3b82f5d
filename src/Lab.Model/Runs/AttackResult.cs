namespace Lab.Model.Runs;

/// <summary>One row of the attack matrix: what should have refused an attack, and what did.</summary>
public sealed record AttackResult
{
    /// <summary>The attack's name.</summary>
    public required string Name { get; init; }

    /// <summary>What is tampered with, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The class of attack: MITRE ATT&amp;CK's or the TUF specification's name.</summary>
    public required string Class { get; init; }

    /// <summary>Which part of the chain must refuse, with which code.</summary>
    public required SeenRefusal Expected { get; init; }

    /// <summary>Which part did; null where none was seen to.</summary>
    public SeenRefusal? Seen { get; init; }

    /// <summary>Passes where what refused is what must; a refusal elsewhere or for another reason is a failure.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What went otherwise than expected; empty where nothing did.</summary>
    public required string Detail { get; init; }

    /// <summary>The board.</summary>
    public required string Board { get; init; }

    /// <summary>How long the attack's own run took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The folder of the attack's own run, relative to that of the matrix.</summary>
    public required string Folder { get; init; }
}
