using Lab.Host.Debian;
using Lab.Host.Preparation;
using Lab.Model.Errors;

namespace Lab.Services.GitOps;

/// <summary>The real <c>kustomize</c>, from Debian 13's signed archive, in the lab's cache: Debian 12 has none.</summary>
public static class KustomizeTool
{
    private const string Suite = "trixie";
    private const string Package = "kustomize";

    /// <summary>Its path, fetched if it is not in the cache (6 MB, once).</summary>
    /// <param name="cacheFolder">The lab's cache folder.</param>
    /// <param name="mirror">A Debian mirror; null takes the one of this machine's apt.</param>
    /// <param name="progress">Told of the download.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">It cannot be fetched.</exception>
    public static async Task<string> PrepareAsync(
        string cacheFolder,
        string? mirror,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var archive = new DebianArchive(cacheFolder, mirror);
        var packages = await archive.FetchAsync(
            [new PackageRequest(Suite, Package) { Architecture = DebianArchitecture.Host }],
            progress,
            refresh: false,
            cancellationToken
        );
        return packages[0].PathOf("usr/bin/kustomize");
    }
}
