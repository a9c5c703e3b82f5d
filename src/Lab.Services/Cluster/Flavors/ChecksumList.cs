using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Flavors;

/// <summary>
/// The SHA-256 of every file of a release that the lab uses, as its makers publish them; one line each, <c>DIGEST  ADDRESS</c>, ordered by
/// address. Its own digest is what a rig pins: with it the whole release is pinned.
/// </summary>
public sealed partial class ChecksumList
{
    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>The list as text, which sha256sum could have written.</summary>
    public string Text => string.Concat(_digests.Select(entry => $"{entry.Value}  {entry.Key}\n"));

    /// <summary>SHA-256 of <see cref="Text"/>, lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    internal string this[ReleaseFile file] => _digests[file.Address.AbsoluteUri];

    internal void Add(ReleaseFile file, string published) => _digests[file.Address.AbsoluteUri] = Find(file, published);

    /// <summary>The digest of a file in what is published beside it.</summary>
    /// <exception cref="LabException">It is not there.</exception>
    internal static string Find(ReleaseFile file, string published)
    {
        var lines = published.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is [var only] && Digest().IsMatch(only.Trim()))
            return only.Trim().ToLowerInvariant();
        foreach (var line in lines)
        {
            // A star before the name says that it was read as bytes: sha256sum(1).
            var words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            if (words.Length == 2 && Digest().IsMatch(words[0]) && Path.GetFileName(words[1].TrimStart('*')) == file.Name)
                return words[0].ToLowerInvariant();
        }
        throw new LabException(
            $"its checksum is not where it should be published",
            file.Checksums.ToString(),
            $"see that this file names the SHA-256 of {file.Name}"
        );
    }

    [GeneratedRegex("^[0-9A-Fa-f]{64}$", RegexOptions.None, 1000)]
    private static partial Regex Digest();
}
