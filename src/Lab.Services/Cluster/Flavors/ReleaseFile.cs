namespace Lab.Services.Cluster.Flavors;

/// <summary>A file of a release, where its makers publish it.</summary>
/// <param name="Address">The file.</param>
/// <param name="Checksums">
/// The file beside it that holds its SHA-256: either that alone, or lines as sha256sum(1) writes them.
/// </param>
internal sealed record ReleaseFile(Uri Address, Uri Checksums)
{
    public string Name => Path.GetFileName(Address.LocalPath);
}
