namespace Lab.Services.GitOps.Sources;

/// <summary>What one call of git is told beside its arguments: nothing of it is seen in the list of processes.</summary>
internal sealed record GitSettings
{
    /// <summary>No transport, no settings.</summary>
    public static GitSettings Local { get; } = new();

    /// <summary>The one transport that is allowed: <c>http</c>, <c>https</c>, <c>ssh</c> or <c>file</c>; none when null.</summary>
    public string? Protocol { get; init; }

    /// <summary>Settings, as in a configuration file.</summary>
    public IReadOnlyList<(string Name, string Value)> Configuration { get; init; } = [];

    /// <summary>Variables.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; init; } = [];

    /// <summary>Standard input.</summary>
    public byte[]? Input { get; init; }
}
