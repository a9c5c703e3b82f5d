namespace Lab.Model.Errors;

/// <summary>The base of every error that HwLab tells a person about: what happened, where, and what to do.</summary>
public abstract class HwLabException(string what, string? where = null, string? remedy = null, Exception? inner = null)
    : Exception(Compose(what, where, remedy), inner)
{
    /// <summary>What happened, as one sentence.</summary>
    public string What { get; } = what;

    /// <summary>Where: <c>file:line:column</c> of a rig, a board and facet, a tool, or a service.</summary>
    public string? Where { get; } = where;

    /// <summary>What the reader can do about it.</summary>
    public string? Remedy { get; } = remedy;

    private static string Compose(string what, string? where, string? remedy) =>
        (where is null ? what : $"{where}: {what}") + (remedy is null ? "" : $"\n  → {remedy}");
}
