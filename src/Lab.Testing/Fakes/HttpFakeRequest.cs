namespace Lab.Testing.Fakes;

/// <summary>What a fake HTTP server was asked.</summary>
internal sealed record HttpFakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Path => Target.Split('?')[0];

    public IReadOnlyDictionary<string, string> Query { get; } =
        Target.Contains('?', StringComparison.Ordinal)
            ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..]
                .Split('&')
                .Select(pair => pair.Split('=', 2))
                .ToDictionary(
                    pair => pair[0],
                    pair => Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? ""),
                    StringComparer.Ordinal
                )
            : new Dictionary<string, string>(StringComparer.Ordinal);
}
