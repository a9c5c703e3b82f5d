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
        if (os.CommandLine.Any(char.IsControl))
            throw new LabException("the command line holds a control character", os.Target, "write it on one line");
        if (!RegistryRoute.IsName(os.Repository))
            throw new LabException($"'{os.Repository}' is not a repository name", os.Target, "use lower-case letters, digits, '-' and '/'");
        try
        {
            var kernel = await registry.AddBlobAsync(os.Repository, os.KernelPath, os.KernelDigest, cancellationToken);
            var initrd = await registry.AddBlobAsync(os.Repository, os.InitrdPath, os.InitrdDigest, cancellationToken);
            var text = Encoding.UTF8.GetBytes(os.CommandLine);
            var commandLine = await registry.AddBlobAsync(os.Repository, text, cancellationToken);
            await registry.AddBlobAsync(os.Repository, OsManifest.Empty, cancellationToken);
            var manifest = OsManifest.Build(
                new OsManifest.Part(kernel.Digest, kernel.Size),
                new OsManifest.Part(initrd.Digest, initrd.Size),
                new OsManifest.Part(commandLine, text.Length)
            );
            await registry.AddManifestAsync(os.Repository, manifest, "latest", cancellationToken);
            return manifest;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"the OS cannot be published: {exception.Message}", os.Target, "run ./hwlab setup, and see that the disk has room", exception);
        }
    }
}
