namespace Lab.Services.GitOps.Sources;

/// <summary>A commit that was fetched into the local repository.</summary>
/// <param name="Revision">It, and by which reference.</param>
/// <param name="TagObject">The SHA-1 of the tag object that named it; null when there was none.</param>
/// <param name="TagName">The tag, or null.</param>
/// <param name="Subject">First line of the commit's message.</param>
internal sealed record GitCheckout(GitRevision Revision, string? TagObject, string? TagName, string Subject)
{
    public string Commit => Revision.Commit;
}
