using System.Text;
using Lab.Model.Errors;

namespace Lab.Services.Registry;

/// <summary>Puts a bootable OS into the registry.</summary>
internal sealed class OsPublisher(RunRegistry registry)
{
    /// <returns>The manifest's bytes: what the TUF target names.</returns>
    /// <exception cref="LabException">A part is missing, or not what its digest says.</exception>
    public async Task<byte[]> PublishAsync(OsArtifact os, CancellationToken cancellationToken)
    {
        Demand(os);
        return await GuardAsync(os, () => PublishAsync(os, (_, add) => add(), cancellationToken));
    }

    /// <summary>
    /// The same OS with other bytes in one layer: <c>kernel</c>, <c>initrd</c>, <c>root</c> or <c>cmdline</c>. Parts are not looked into.
    /// </summary>
    /// <returns>The manifest's bytes.</returns>
    /// <exception cref="LabException">The OS has no such layer.</exception>
    public async Task<byte[]> PublishAsync(
        OsArtifact os,
        string kind,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        if (kind is not ("kernel" or "initrd" or "cmdline") && (kind is not "root" || os.RootPath is null))
            throw new LabException($"this OS has no layer '{kind}'", os.Target, "use kernel, initrd, root or cmdline");
        return await GuardAsync(
            os,
            () =>
                PublishAsync(
                    os,
                    (each, add) => each == kind ? AddAsync(os, content, cancellationToken) : add(),
                    cancellationToken
                )
        );
    }

    private async Task<byte[]> PublishAsync(
        OsArtifact os,
        Func<string, Func<Task<OsManifest.Part>>, Task<OsManifest.Part>> choose,
        CancellationToken cancellationToken
    )
    {
        var kernel = await choose("kernel", () => AddAsync(os, os.KernelPath, os.KernelDigest, cancellationToken));
        var initrd = await choose("initrd", () => AddAsync(os, os.InitrdPath, os.InitrdDigest, cancellationToken));
        OsManifest.Part? root = os.RootPath is { } path
            ? await choose("root", () => AddAsync(os, path, os.RootDigest, cancellationToken))
            : null;
        var line = Encoding.UTF8.GetBytes(os.CommandLine);
        var commandLine = await choose("cmdline", () => AddAsync(os, line, cancellationToken));
        await registry.AddBlobAsync(os.Repository, OsManifest.Empty, cancellationToken);
        var manifest = OsManifest.Build(kernel, initrd, root, commandLine);
        await registry.AddManifestAsync(os.Repository, manifest, "latest", cancellationToken);
        return manifest;
    }

    private async Task<OsManifest.Part> AddAsync(
        OsArtifact os,
        string path,
        string? digest,
        CancellationToken cancellationToken
    ) => await registry.AddBlobAsync(os.Repository, path, digest, cancellationToken);

    private async Task<OsManifest.Part> AddAsync(
        OsArtifact os,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    ) => new(await registry.AddBlobAsync(os.Repository, content, cancellationToken), content.Length);

    private static void Demand(OsArtifact os)
    {
        if (os.CommandLine.Any(char.IsControl))
            throw new LabException("the command line holds a control character", os.Target, "write it on one line");
        if (!RegistryRoute.IsName(os.Repository))
            throw new LabException(
                $"'{os.Repository}' is not a repository name",
                os.Target,
                "use lower-case letters, digits, '-' and '/'"
            );
    }

    private static async Task<byte[]> GuardAsync(OsArtifact os, Func<Task<byte[]>> publish)
    {
        try
        {
            return await publish();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"the OS cannot be published: {exception.Message}",
                os.Target,
                "run ./hwlab setup, and see that the disk has room",
                exception
            );
        }
    }
}
