using System.Text;

namespace Lab.Services.GitOps.Sources;

/// <summary>
/// Which files do not belong into the artifact: Flux's list of what never does, the repository's own <c>.sourceignore</c>, and
/// <c>spec.ignore</c>, all in gitignore(5)'s syntax and matched by git.
/// </summary>
internal sealed class GitIgnore(GitTool git, string repository, string workFolder, string? own)
{
    /// <summary>The file with patterns that a source carries itself.</summary>
    public const string SourceIgnore = ".sourceignore";

    /// <summary>Bytes of it that are looked at.</summary>
    public const int LongestSourceIgnore = 64 << 10;

    // Flux's documentation of GitRepository, "Default exclusions".
    private const string Defaults = """
        .git/
        .gitignore
        .gitmodules
        .gitattributes
        *.jpg
        *.jpeg
        *.gif
        *.png
        *.wmv
        *.flv
        *.tar.gz
        *.zip
        .github/
        .circleci/
        .travis.yml
        .gitlab-ci.yml
        appveyor.yml
        .drone.yml
        cloudbuild.yaml
        codeship-services.yml
        codeship-steps.yml
        **/.goreleaser.yml
        **/.sops.yaml
        **/.flux.yaml

        """;

    /// <summary>The entries that are not ignored.</summary>
    public async Task<Dictionary<string, GitTreeEntry>> FilterAsync(
        IReadOnlyDictionary<string, GitTreeEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var kept = await KeepAsync(entries.Keys, await SourceIgnoreAsync(entries, cancellationToken), cancellationToken);
        return entries.Where(entry => kept.Contains(entry.Key)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The paths that are not ignored.</summary>
    /// <param name="paths">All paths.</param>
    /// <param name="sourceIgnore">What <c>.sourceignore</c> says, if it is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<HashSet<string>> KeepAsync(
        IEnumerable<string> paths,
        string? sourceIgnore,
        CancellationToken cancellationToken
    )
    {
        var kept = paths.ToHashSet(StringComparer.Ordinal);
        if (kept.Count == 0)
            return kept;
        var empty = Directory.CreateDirectory(Path.Combine(workFolder, $"ignore-{Guid.NewGuid():N}"));
        try
        {
            var patterns = Path.Combine(empty.FullName, "patterns");
            await File.WriteAllTextAsync(patterns, $"{Defaults}{sourceIgnore}\n{own}\n", cancellationToken);
            var tree = empty.CreateSubdirectory("tree");
            // --no-index: by the patterns alone; there is no index and nothing in the work tree.
            var answer = await git.RunAsync(
                repository,
                ["--work-tree", tree.FullName, "check-ignore", "--no-index", "--stdin", "-z"],
                GitSettings.Local with
                {
                    Configuration = [("core.excludesFile", patterns), ("core.bare", "false")],
                    Input = Encoding.UTF8.GetBytes(string.Join('\0', kept) + "\0"),
                },
                cancellationToken
            );
            // git-check-ignore(1): 1 when none of the paths is ignored.
            if (answer.ExitCode is not (0 or 1))
                throw new SourceException(SourceException.ArchiveOperationFailed, $"git check-ignore: {answer.Error}");
            kept.ExceptWith(answer.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries));
            return kept;
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    private async Task<string?> SourceIgnoreAsync(
        IReadOnlyDictionary<string, GitTreeEntry> entries,
        CancellationToken cancellationToken
    ) =>
        entries.TryGetValue(SourceIgnore, out var file) && file is { Mode: "100644", Size: < LongestSourceIgnore }
            ? Encoding.UTF8.GetString(
                await git.RequireAsync(repository, ["cat-file", "blob", file.Id], GitSettings.Local, cancellationToken)
            )
            : null;
}
