using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Sources;

/// <summary>What <c>spec.ref</c> asks for. A commit goes before a name, a name before a version range, that before a tag, that before a branch.</summary>
internal sealed record GitReference(string? Branch, string? Tag, string? Semver, string? Name, string? Commit)
{
    // Flux follows master where nothing is said.
    private const string DefaultBranch = "master";

    public string BranchOrDefault => Branch ?? DefaultBranch;

    /// <exception cref="SourceException">A name that Git would not take, or could take for something else.</exception>
    public static GitReference Read(JsonObject? reference)
    {
        var read = new GitReference(
            Text(reference, "branch"),
            Text(reference, "tag"),
            Text(reference, "semver"),
            Text(reference, "name"),
            Text(reference, "commit")
        );
        foreach (var name in (string?[])[read.Branch, read.Tag, read.Name])
        {
            if (name is not null && !IsRefName(name))
                throw Invalid($"'{name}' is no name of a reference");
        }

        if (read.Name is { } full && !full.StartsWith("refs/", StringComparison.Ordinal))
            throw Invalid($"'{full}' does not start with refs/");
        if (read.Commit is { } commit && !IsCommit(commit))
            throw Invalid($"'{commit}' is no SHA-1 of a commit");
        return read;
    }

    public static bool IsCommit(string text) => text.Length == 40 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>git-check-ref-format(1), and no leading dash, which would be an option.</summary>
    public static bool IsRefName(string name) =>
        name.Length is > 0 and < 256
        && name[0] is not ('-' or '/')
        && name[^1] is not ('/' or '.')
        && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains("//", StringComparison.Ordinal)
        && !name.Contains("@{", StringComparison.Ordinal)
        && name != "@"
        && !name.Any(letter => letter <= ' ' || letter == 0x7f || "~^:?*[\\".Contains(letter, StringComparison.Ordinal))
        && !name.Split('/').Any(part => part.StartsWith('.') || part.EndsWith(".lock", StringComparison.Ordinal));

    private static string? Text(JsonObject? reference, string field) =>
        KubeJson.Text(reference?[field]) is { Length: > 0 } text ? text : null;

    private static SourceException Invalid(string message) =>
        new(SourceException.GitOperationFailed, $"invalid spec.ref: {message}", stalled: true);
}
