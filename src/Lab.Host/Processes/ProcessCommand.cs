namespace Lab.Host.Processes;

/// <summary>A long-lived program to start: what, with which arguments, and where.</summary>
/// <param name="FileName">A tool's name, looked up by <see cref="Machine.HostTools"/>, or an absolute path.</param>
/// <param name="Arguments">Its arguments, each passed as it is: no shell in between.</param>
public sealed record ProcessCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>What goes before the program to enter a network segment; empty for the host's own network.</summary>
    public IReadOnlyList<string> EnterPrefix { get; init; } = [];

    /// <summary>The working folder; the caller's when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables added to the inherited environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The name that errors use; the file name without its folder unless set.</summary>
    public string Name { get; init; } = Path.GetFileName(FileName);

    /// <summary>Called for each line of standard output and standard error, from the thread that read it. Must not block.</summary>
    public Action<string>? OnLine { get; init; }
}
