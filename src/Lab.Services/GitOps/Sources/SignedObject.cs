namespace Lab.Services.GitOps.Sources;

/// <summary>A commit or tag whose signature is asked for.</summary>
/// <param name="Id">Its SHA-1.</param>
/// <param name="Description">For messages.</param>
/// <param name="IsTag">Whether it is a tag object.</param>
internal sealed record SignedObject(string Id, string Description, bool IsTag)
{
    public static SignedObject Commit(string id) => new(id, $"commit '{id}'", IsTag: false);

    public static SignedObject Tag(string id, string name) => new(id, $"tag '{name}'", IsTag: true);
}
