namespace Lab.Services.Workloads;

/// <summary>A container image that the rig's registry offers to nodes.</summary>
/// <param name="Repository">Its repository.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Entrypoint">What a container of it runs.</param>
/// <param name="Files">Its files by their path without leading slash; all can be read and executed by everybody.</param>
/// <param name="Links">Its symbolic links: path → target.</param>
public sealed record WorkloadImage(
    string Repository,
    string Tag,
    IReadOnlyList<string> Entrypoint,
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files,
    IReadOnlyDictionary<string, string> Links
)
{
    /// <summary>The digest of its manifest: what a workload names it by, so that nothing else can run in its place.</summary>
    public string ComputeDigest() => WorkloadImageWriter.DigestOf(this).ToString();
}
