namespace Lab.Model.Runs;

/// <summary>Where a scenario puts everything that it learns.</summary>
public interface IRunRecorder
{
    /// <summary>Records a check of the stage in progress.</summary>
    void Check(string name, bool holds, string detail, params IReadOnlyList<string> evidence);

    /// <summary>Records that a part of the chain refused, in the stage in progress: what an attack must come to.</summary>
    /// <param name="code">The code it refused with.</param>
    void Refused(string code);

    /// <summary>Says something worth a line.</summary>
    void Say(string text);

    /// <summary>Marks a moment of the boot.</summary>
    void Phase(string name, DateTimeOffset at);

    /// <summary>Sets the zero of the boot's time line: power-on.</summary>
    void PoweredOn(DateTimeOffset at);

    /// <summary>Keeps the PCR table.</summary>
    void Pcrs(IReadOnlyList<PcrComparison> pcrs);

    /// <summary>The same record for another board of the run: its evidence goes to that board's folder, its phases carry its name.</summary>
    IRunRecorder For(string board);

    /// <summary>Writes a file into the run's folder and returns its relative path, to be named as evidence.</summary>
    Task<string> KeepAsync(string relativePath, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
