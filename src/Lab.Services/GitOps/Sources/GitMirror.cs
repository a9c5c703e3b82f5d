using System.Text;

namespace Lab.Services.GitOps.Sources;

/// <summary>
/// The local, bare copy of a followed repository: as shallow as can be. It remembers the commit that was accepted last, and from there it takes
/// the commits since, which is what shows whether a new head descends from it.
/// </summary>
internal sealed class GitMirror(GitTool git, string folder)
{
    private const string Candidate = "refs/hwlab/candidate";
    private const string Accepted = "refs/hwlab/accepted";
    private const int LongestSubject = 120;

    /// <summary>The bare repository's folder.</summary>
    public string Folder => folder;

    /// <summary>Fetches what the reference names now.</summary>
    /// <param name="remote">The repository.</param>
    /// <param name="reference">What to fetch.</param>
    /// <param name="accepted">The commit that was accepted last, where the new one must descend from it; else null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceException">It could not be fetched.</exception>
    public async Task<GitCheckout> FetchAsync(
        GitRemote remote,
        GitReference reference,
        string? accepted,
        CancellationToken cancellationToken
    )
    {
        await EnsureAsync(cancellationToken);
        var (spec, name, tag) = await ResolveAsync(remote, reference, cancellationToken);
        // Commits since the accepted one are needed to see that the new head descends from it; without it, one commit is enough.
        var arguments = new List<string> { "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc" };
        if (accepted is null)
            arguments.Add("--depth=1");
        else if (!await HasAsync(accepted, cancellationToken) && await IsShallowAsync(cancellationToken))
            arguments.Add("--unshallow");
        arguments.AddRange(["--", remote.Url, $"+{spec}:{Candidate}"]);
        await git.RequireAsync(folder, arguments, remote.Settings, cancellationToken);
        var tip = await ReadAsync(["rev-parse", "--verify", Candidate], cancellationToken);
        var commit = await ReadAsync(["rev-parse", "--verify", $"{Candidate}^{{commit}}"], cancellationToken);
        var subject = await ReadAsync(["log", "-1", "--format=%s", commit], cancellationToken);
        return new GitCheckout(
            new GitRevision(name, commit),
            tag is not null && tip != commit ? tip : null,
            tag,
            subject.Length <= LongestSubject ? subject : subject[..LongestSubject]
        );
    }

    /// <summary>Whether a commit descends from another, or is it.</summary>
    public async Task<bool> DescendsAsync(string commit, string from, CancellationToken cancellationToken) =>
        await HasAsync(from, cancellationToken)
        && (
            await git.RunAsync(folder, ["merge-base", "--is-ancestor", from, commit], GitSettings.Local, cancellationToken)
        ).ExitCode == 0;

    /// <summary>Remembers a commit as accepted, so that it is kept and the next fetch starts from it.</summary>
    public Task AcceptAsync(string commit, CancellationToken cancellationToken) =>
        git.RequireAsync(folder, ["update-ref", Accepted, commit], GitSettings.Local, cancellationToken);

    private async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(folder, "HEAD")))
            return;
        Directory.CreateDirectory(folder);
        await git.RequireAsync(
            null,
            ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", folder],
            GitSettings.Local,
            cancellationToken
        );
    }

    private async Task<(string Spec, string? Name, string? Tag)> ResolveAsync(
        GitRemote remote,
        GitReference reference,
        CancellationToken cancellationToken
    )
    {
        if (reference.Commit is { } commit)
            return (commit, reference.Branch, null);
        if (reference.Name is { } name)
            return (name, name, null);
        if (reference.Semver is { } range)
        {
            var chosen = await ChooseAsync(remote, range, cancellationToken);
            return ($"refs/tags/{chosen}", chosen, chosen);
        }

        return reference.Tag is { } tag
            ? ($"refs/tags/{tag}", tag, tag)
            : ($"refs/heads/{reference.BranchOrDefault}", reference.BranchOrDefault, null);
    }

    private async Task<string> ChooseAsync(GitRemote remote, string range, CancellationToken cancellationToken)
    {
        SemverRange parsed;
        try
        {
            parsed = SemverRange.Parse(range);
        }
        catch (FormatException exception)
        {
            throw new SourceException(
                SourceException.GitOperationFailed,
                $"semver parse error: {exception.Message}",
                stalled: true,
                exception
            );
        }

        var listed = await git.RequireAsync(
            folder,
            ["ls-remote", "--quiet", "--refs", "--tags", "--", remote.Url],
            remote.Settings,
            cancellationToken
        );
        const string prefix = "refs/tags/";
        var tags = Encoding
            .UTF8.GetString(listed)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Where(words => words.Length == 2 && words[1].StartsWith(prefix, StringComparison.Ordinal))
            .Select(words => words[1][prefix.Length..])
            .Where(GitReference.IsRefName);
        return parsed.Choose(tags)
            ?? throw new SourceException(SourceException.GitOperationFailed, $"no match found for semver: {range}");
    }

    private async Task<bool> HasAsync(string commit, CancellationToken cancellationToken) =>
        (await git.RunAsync(folder, ["cat-file", "-e", $"{commit}^{{commit}}"], GitSettings.Local, cancellationToken)).ExitCode
        == 0;

    private async Task<bool> IsShallowAsync(CancellationToken cancellationToken) =>
        await ReadAsync(["rev-parse", "--is-shallow-repository"], cancellationToken) == "true";

    private async Task<string> ReadAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString(await git.RequireAsync(folder, arguments, GitSettings.Local, cancellationToken)).Trim();
}
