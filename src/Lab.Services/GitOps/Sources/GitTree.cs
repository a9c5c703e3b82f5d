using System.Globalization;
using System.Text;

namespace Lab.Services.GitOps.Sources;

/// <summary>
/// The files of a commit, read from git's objects without ever being checked out: no filter, hook, attribute or symbolic link of the
/// repository has an effect on this machine.
/// </summary>
internal sealed class GitTree(GitTool git, string repository, GitLimits limits)
{
    private const string Regular = "100644";
    private const string Executable = "100755";
    private const string SymbolicLink = "120000";
    private const string Submodule = "160000";
    private const int LongestPath = 1024;

    // Linux's file systems take no longer names.
    private const int LongestName = 255;
    private const int LongestLink = 4096;

    /// <summary>All files by path, symbolic links to files replaced by what they point to.</summary>
    /// <exception cref="SourceException">The tree holds something that must not be unpacked.</exception>
    public async Task<SortedDictionary<string, byte[]>> ReadAsync(
        string commit,
        GitIgnore ignore,
        CancellationToken cancellationToken
    )
    {
        var listing = await git.RequireAsync(
            repository,
            ["ls-tree", "-r", "-l", "-z", "--full-tree", commit],
            GitSettings.Local,
            cancellationToken
        );
        var entries = Parse(listing);
        var kept = await ignore.FilterAsync(entries, cancellationToken);
        Check(kept);
        var contents = await ReadBlobsAsync(kept.Values, entries, cancellationToken);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (path, entry) in kept)
        {
            var source = entry.Mode == SymbolicLink ? Follow(path, entry, entries, contents) : entry;
            files.Add(path, contents[source.Id]);
        }

        return files;
    }

    internal static Dictionary<string, GitTreeEntry> Parse(byte[] listing)
    {
        var entries = new Dictionary<string, GitTreeEntry>(StringComparer.Ordinal);
        foreach (
            var record in new UTF8Encoding(false, true).GetString(listing).Split('\0', StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var tab = record.IndexOf('\t', StringComparison.Ordinal);
            var words = record[..tab].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var size = words[3] == "-" ? 0 : long.Parse(words[3], CultureInfo.InvariantCulture);
            entries.Add(record[(tab + 1)..], new GitTreeEntry(words[0], words[2], size));
        }

        return entries;
    }

    private void Check(Dictionary<string, GitTreeEntry> entries)
    {
        if (entries.Count > limits.Files)
            throw Hostile($"{entries.Count} files, more than {limits.Files}");
        long total = 0;
        foreach (var (path, entry) in entries)
        {
            if (!IsSafe(path))
                throw Hostile($"a path that must not be unpacked: {path}");
            if (entry.Mode == Submodule)
                throw Hostile($"a submodule at {path}: put its files into the repository");
            if (entry.Mode is not (Regular or Executable or SymbolicLink or "100664"))
                throw Hostile($"mode {entry.Mode} at {path}");
            if (entry.Size > (entry.Mode == SymbolicLink ? LongestLink : limits.File))
                throw Hostile($"{path} has {entry.Size} bytes, more than {limits.File}");
            total += entry.Size;
        }

        if (total > limits.Total)
            throw Hostile($"{total} bytes in all files, more than {limits.Total}");
    }

    /// <summary>Whether a path can be unpacked anywhere, and nowhere but below the folder that it is unpacked into.</summary>
    internal static bool IsSafe(string path) =>
        path.Length <= LongestPath
        && !path.StartsWith('/')
        && !path.Any(char.IsControl)
        && path.Split('/').All(part => part is not ("" or "." or "..") && Encoding.UTF8.GetByteCount(part) <= LongestName);

    private static GitTreeEntry Follow(
        string path,
        GitTreeEntry link,
        Dictionary<string, GitTreeEntry> entries,
        Dictionary<string, byte[]> contents
    )
    {
        // One step only: a chain or a loop of links is refused with the rest.
        var target = Encoding.UTF8.GetString(contents[link.Id]);
        var resolved = Resolve(path, target);
        if (resolved is null)
            throw Hostile($"the symbolic link {path} points out of the repository, to {target}");
        return entries.TryGetValue(resolved, out var entry) && entry.Mode is Regular or Executable or "100664"
            ? entries[resolved]
            : throw Hostile($"the symbolic link {path} points to {target}, which is no file of the repository");
    }

    /// <summary>The path that a link means, from the tree's root; null when it leaves it.</summary>
    internal static string? Resolve(string link, string target)
    {
        if (target.Length == 0 || target[0] == '/' || target.Contains('\0', StringComparison.Ordinal))
            return null;
        var parts = new List<string>(link.Split('/')[..^1]);
        foreach (var part in target.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    private async Task<Dictionary<string, byte[]>> ReadBlobsAsync(
        IEnumerable<GitTreeEntry> kept,
        Dictionary<string, GitTreeEntry> all,
        CancellationToken cancellationToken
    )
    {
        var entries = kept.ToList();
        var contents = await BatchAsync([.. entries.Select(entry => entry.Id)], cancellationToken);
        // What links point to may itself be ignored, and is then not among the rest.
        var links = entries
            .Where(entry => entry.Mode == SymbolicLink)
            .Select(entry => entry.Id)
            .ToHashSet(StringComparer.Ordinal);
        if (links.Count == 0)
            return contents;
        var missing = all
            .Values.Where(entry =>
                entry.Mode is Regular or Executable && entry.Size <= limits.File && !contents.ContainsKey(entry.Id)
            )
            .Select(entry => entry.Id);
        foreach (var (id, content) in await BatchAsync([.. missing], cancellationToken))
        {
            contents[id] = content;
        }

        return contents;
    }

    private async Task<Dictionary<string, byte[]>> BatchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var distinct = ids.Distinct(StringComparer.Ordinal).ToList();
        var contents = new Dictionary<string, byte[]>(distinct.Count, StringComparer.Ordinal);
        if (distinct.Count == 0)
            return contents;
        var output = await git.RequireAsync(
            repository,
            ["cat-file", "--batch"],
            GitSettings.Local with
            {
                Input = Encoding.ASCII.GetBytes(string.Join('\n', distinct) + "\n"),
            },
            cancellationToken
        );
        var at = 0;
        while (at < output.Length)
        {
            // "<id> blob <size>\n<content>\n"
            var end = Array.IndexOf(output, (byte)'\n', at);
            var words = Encoding.ASCII.GetString(output, at, end - at).Split(' ');
            if (words.Length != 3 || words[1] != "blob")
                throw new SourceException(SourceException.GitOperationFailed, $"git cat-file: {string.Join(' ', words)}");
            var size = int.Parse(words[2], CultureInfo.InvariantCulture);
            contents[words[0]] = output[(end + 1)..(end + 1 + size)];
            at = end + size + 2;
        }

        return contents;
    }

    private static SourceException Hostile(string what) =>
        new(SourceException.HostileContent, $"the repository is refused, it holds {what}");
}
