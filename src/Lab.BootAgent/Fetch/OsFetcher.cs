using System.Security.Cryptography;
using Lab.BootAgent.Events;
using Lab.BootAgent.Interop;
using Lab.BootAgent.Kexec;
using Lab.BootAgent.LinuxBoot;
using Lab.Trust.Oci;
using Lab.Trust.Tuf;

namespace Lab.BootAgent.Fetch;

/// <summary>Gets a bootable OS from the rig's untrusted services: TUF names the manifest, the manifest names the parts.</summary>
/// <param name="client">HTTP.</param>
/// <param name="services">The services' origin.</param>
/// <param name="time">The clock that expiry is checked against.</param>
/// <param name="events">Told of each step.</param>
internal sealed class OsFetcher(HttpClient client, Uri services, TimeProvider time, EventWriter events)
{
    /// <summary>Largest kernel, initrd or root file system, bytes.</summary>
    public const int PartLimit = 512 * 1024 * 1024;

    private readonly Retry _retry = new(time);
    private TufClient? _tuf;

    /// <summary>Follows TUF from the pinned root.</summary>
    /// <exception cref="RefusalException">The metadata cannot be trusted.</exception>
    public Task<TufVersions> RefreshAsync(byte[] pinnedRoot, CancellationToken cancellationToken) =>
        _retry.RunAsync(
            () =>
                RefusingAsync(async () =>
                {
                    var options = new TufClientOptions { Time = time };
                    var store = new MemoryTufStore();
                    TufClient.Initialize(store, pinnedRoot, options);
                    var fetcher = new HttpTufFetcher(client, Under("tuf/metadata/"), time: time);
                    _tuf = new TufClient(fetcher, store, options);
                    return await _tuf.RefreshAsync(cancellationToken);
                }),
            cancellationToken
        );

    /// <summary>Looks the target up; <see cref="RefreshAsync"/> comes first.</summary>
    /// <exception cref="RefusalException">No trusted role names it, or what it says of it cannot be booted.</exception>
    public Task<TufTarget> FindAsync(string name, CancellationToken cancellationToken) =>
        _retry.RunAsync(
            () =>
                RefusingAsync(async () =>
                {
                    var target = await _tuf!.FindTargetAsync(name, cancellationToken);
                    if (target.Sha256 is null || target.OciRepository is null)
                        throw new RefusalException(RefusalCode.TufInvalid, $"target '{name}' names no OCI repository or SHA-256");
                    events.Write(
                        "target",
                        json =>
                        {
                            json.WriteString("name"u8, name);
                            json.WriteString("repository"u8, target.OciRepository);
                            json.WriteString("digest"u8, $"sha256:{target.Sha256}");
                        }
                    );
                    return target;
                }),
            cancellationToken
        );

    /// <summary>Pulls the manifest that TUF names and the parts that it names.</summary>
    /// <exception cref="RefusalException">Something is not what was promised, or cannot be had.</exception>
    public async Task<OsImage> PullAsync(TufTarget target, CancellationToken cancellationToken)
    {
        var repository = target.OciRepository!;
        var registry = new OciClient(client, services, new OciClientOptions { Time = time });
        var manifest = await TryAsync(() =>
            registry.PullManifestAsync(repository, OciDigest.Sha256(target.Sha256!), target.Length, cancellationToken)
        );
        if (manifest.ArtifactType != OsMediaTypes.Artifact)
            throw new RefusalException(RefusalCode.DigestMismatch, $"the artifact is a '{manifest.ArtifactType}'");
        var layers = Refusing(() =>
            (
                Kernel: manifest.Layer(OsMediaTypes.Kernel),
                Initrd: manifest.Layer(OsMediaTypes.Initrd),
                Root: manifest.Layers.Any(layer => layer.MediaType == OsMediaTypes.Root)
                    ? manifest.Layer(OsMediaTypes.Root)
                    : null,
                CommandLine: manifest.Layer(OsMediaTypes.CommandLine)
            )
        );

        var commandLine = await TryAsync(() =>
            registry.PullBlobAsync(repository, layers.CommandLine, BootDescription.CommandLineLimit, cancellationToken)
        );
        Pulled("cmdline", layers.CommandLine);
        var kernel = await PullPartAsync("kernel", layers.Kernel);
        var initrd = await PullPartAsync("initrd", layers.Initrd);
        var root = layers.Root is { } layer ? await PullPartAsync("root", layer, Handover.RootPath) : null;
        return new OsImage(kernel, initrd, root, commandLine);

        Task<T> TryAsync<T>(Func<Task<T>> action) => _retry.RunAsync(() => RefusingAsync(action), cancellationToken);

        async Task<OsPart> PullPartAsync(string kind, OciDescriptor layer, string? archivedAs = null)
        {
            if (layer.Size is <= 0 or > PartLimit)
                throw new RefusalException(RefusalCode.DigestMismatch, $"a {kind} of {layer.Size} bytes");
            var length = (int)layer.Size;
            var (head, tail) = archivedAs is null ? ([], []) : new NewcArchive().Around(archivedAs, length);
            var buffer = Refusing(() => new NativeBuffer(head.Length + length + tail.Length));
            buffer.Write(0, head);
            buffer.Write(head.Length + length, tail);
            await TryAsync(async () =>
            {
                await using var stream = buffer.OpenWrite(head.Length, length);
                await registry.PullBlobAsync(repository, layer, stream, cancellationToken);
                return true;
            });
            Pulled(kind, layer);
            return new OsPart(buffer, head.Length, length, Sha256(layer, buffer.Span.Slice(head.Length, length)));
        }
    }

    private void Pulled(string kind, OciDescriptor layer) =>
        events.Write(
            "pulled",
            json =>
            {
                json.WriteString("kind"u8, kind);
                json.WriteNumber("bytes"u8, layer.Size);
                json.WriteString("digest"u8, layer.Digest.ToString());
            }
        );

    /// <summary>The verified digest, so that no byte is hashed twice.</summary>
    private static byte[] Sha256(OciDescriptor layer, ReadOnlySpan<byte> content) =>
        layer.Digest.Algorithm == "sha256" ? Convert.FromHexString(layer.Digest.Hex) : SHA256.HashData(content);

    private Uri Under(string path) => new($"{services.AbsoluteUri.TrimEnd('/')}/{path}");

    private static async Task<T> RefusingAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (TufException error)
        {
            throw new RefusalException(RefusalCodes.FromWireName(error.Refusal), error.Message, error);
        }
        catch (OciException error)
        {
            throw new RefusalException(RefusalCodes.FromWireName(error.Refusal), error.Message, error);
        }
    }

    private static T Refusing<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (OciException error)
        {
            throw new RefusalException(RefusalCodes.FromWireName(error.Refusal), error.Message, error);
        }
        catch (LinuxException error)
        {
            throw new RefusalException(RefusalCode.KexecFailed, error.Message, error);
        }
    }
}
