namespace Lab.Host.Debian;

/// <summary>A source package that was fetched and verified: its files as they are in the archive.</summary>
/// <param name="Suite">The release it was taken from.</param>
/// <param name="Name">The source package's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Files">Names of its files and their SHA-256, lower-case hexadecimal, as the signed index states them.</param>
public sealed record DebianSource(string Suite, string Name, string Version, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The folder that holds the files, set when it is read from the cache.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>The path of the file with that ending, such as <c>.orig.tar.gz</c>; null if there is none.</summary>
    public string? Find(string ending) =>
        Files.Keys.FirstOrDefault(name => name.EndsWith(ending, StringComparison.Ordinal)) is { } name
            ? Path.Combine(Folder, name)
            : null;
}
