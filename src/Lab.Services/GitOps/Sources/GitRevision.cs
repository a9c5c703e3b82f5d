namespace Lab.Services.GitOps.Sources;

/// <summary>A revision as Flux writes it: <c>main@sha1:…</c>, <c>v1.2.3@sha1:…</c>, <c>refs/…@sha1:…</c> or <c>sha1:…</c>.</summary>
/// <param name="Reference">The reference; null for a bare commit.</param>
/// <param name="Commit">40 hexadecimal digits.</param>
internal sealed record GitRevision(string? Reference, string Commit)
{
    private const string Algorithm = "sha1:";

    public override string ToString() => Reference is null ? Algorithm + Commit : $"{Reference}@{Algorithm}{Commit}";

    /// <summary>Reads a revision; null when it is none.</summary>
    public static GitRevision? TryParse(string? text)
    {
        if (text is null)
            return null;
        var at = text.LastIndexOf('@');
        var digest = text[(at + 1)..];
        if (!digest.StartsWith(Algorithm, StringComparison.Ordinal) || !GitReference.IsCommit(digest[Algorithm.Length..]))
            return null;
        return new GitRevision(at > 0 ? text[..at] : null, digest[Algorithm.Length..]);
    }
}
