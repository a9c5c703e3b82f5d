namespace Lab.Controller.Rigs;

/// <summary>A place in a rig file, counted from 1 as editors do.</summary>
/// <param name="File">The file, as it was named by the user.</param>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
public readonly record struct SourceMark(string File, long Line, long Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
