using System.Text;

namespace Lab.Services.GitOps.Sources;

/// <summary>
/// Which files do not belong into the artifact: Flux's list of what never does, the repository's own <c>.sourceignore</c>, and
/// <c>spec.ignore</c>, all in gitignore(5)'s syntax and matched by git.
/// </summary>
internal sealed class GitIgnore(GitTool git, string repository, string workFolder, string? own)
{
    private const string SourceIgnore = ".sourceignore";

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
        if (entries.Count == 0)
            return [];
        var empty = Directory.CreateDirectory(Path.Combine(workFolder, $"ignore-{Guid.NewGuid():N}"));
        try
        {
            var patterns = Path.Combine(empty.FullName, "patterns");
            await File.WriteAllTextAsync(patterns, await PatternsAsync(entries, cancellationToken), cancellationToken);
            var tree = empty.CreateSubdirectory("tree");
            // --no-index: by the patterns alone; there is no index and nothing in the work tree.
            var answer = await git.RunAsync(
                repository,
                ["--work-tree", tree.FullName, "check-ignore", "--no-index", "--stdin", "-z"],
                GitSettings.Local with
                {
                    Configuration = [("core.excludesFile", patterns), ("core.bare", "false")],
                    Input = Encoding.UTF8.GetBytes(string.Join('\0', entries.Keys) + "\0"),
                },
                cancellationToken
            );
            // git-check-ignore(1): 1 when none of the paths is ignored.
            if (answer.ExitCode is not (0 or 1))
                throw new SourceException(SourceException.ArchiveOperationFailed, $"git check-ignore: {answer.Error}");
            var ignored = answer.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            return entries.Where(entry => !ignored.Contains(entry.Key)).ToDictionary(StringComparer.Ordinal);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    private async Task<string> PatternsAsync(
        IReadOnlyDictionary<string, GitTreeEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var text = new StringBuilder(Defaults);
        if (entries.TryGetValue(SourceIgnore, out var file) && file is { Mode: "100644", Size: < 64 << 10 })
        {
            var content = await git.RequireAsync(repository, ["cat-file", "blob", file.Id], GitSettings.Local, cancellationToken);
            text.Append(Encoding.UTF8.GetString(content)).Append('\n');
        }

        return text.Append(own).Append('\n').ToString();
    }
}
