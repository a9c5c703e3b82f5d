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
        return await GuardAsync(
            os,
            async () =>
            {
                var kernel = await registry.AddBlobAsync(os.Repository, os.KernelPath, os.KernelDigest, cancellationToken);
                var initrd = await registry.AddBlobAsync(os.Repository, os.InitrdPath, os.InitrdDigest, cancellationToken);
                var commandLine = await AddAsync(os, Encoding.UTF8.GetBytes(os.CommandLine), cancellationToken);
                return await PublishAsync(os, kernel, initrd, commandLine, cancellationToken);
            }
        );
    }

    /// <summary>The same OS with other bytes in one layer: <c>kernel</c>, <c>initrd</c> or <c>cmdline</c>. Parts are not looked into.</summary>
    /// <returns>The manifest's bytes.</returns>
    /// <exception cref="LabException">There is no such kind of layer.</exception>
    public async Task<byte[]> PublishAsync(
        OsArtifact os,
        string kind,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        if (kind is not ("kernel" or "initrd" or "cmdline"))
            throw new LabException($"an OS has no layer '{kind}'", os.Target, "use kernel, initrd or cmdline");
        return await GuardAsync(
            os,
            async () =>
            {
                var other = await AddAsync(os, content, cancellationToken);
                var kernel =
                    kind == "kernel"
                        ? other
                        : await registry.AddBlobAsync(os.Repository, os.KernelPath, os.KernelDigest, cancellationToken);
                var initrd =
                    kind == "initrd"
                        ? other
                        : await registry.AddBlobAsync(os.Repository, os.InitrdPath, os.InitrdDigest, cancellationToken);
                var commandLine =
                    kind == "cmdline" ? other : await AddAsync(os, Encoding.UTF8.GetBytes(os.CommandLine), cancellationToken);
                return await PublishAsync(os, kernel, initrd, commandLine, cancellationToken);
            }
        );
    }

    private async Task<byte[]> PublishAsync(
        OsArtifact os,
        OsManifest.Part kernel,
        OsManifest.Part initrd,
        OsManifest.Part commandLine,
        CancellationToken cancellationToken
    )
    {
        await registry.AddBlobAsync(os.Repository, OsManifest.Empty, cancellationToken);
        var manifest = OsManifest.Build(kernel, initrd, commandLine);
        await registry.AddManifestAsync(os.Repository, manifest, "latest", cancellationToken);
        return manifest;
    }

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
