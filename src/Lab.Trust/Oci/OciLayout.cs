using System.Text;
using Lab.Trust.Storage;

namespace Lab.Trust.Oci;

/// <summary>
/// An image layout: a folder with <c>oci-layout</c>, <c>index.json</c> and <c>blobs/</c> (image-spec,
/// image-layout.md). Blobs are written whole or not at all. One writer at a time.
/// </summary>
public sealed class OciLayout
{
    /// <summary>The annotation under which an index names its manifests.</summary>
    public const string RefName = "org.opencontainers.image.ref.name";

    private const string Marker = "oci-layout";

    private readonly OciLimits _limits;

    private OciLayout(string folder, OciLimits limits)
    {
        Folder = folder;
        _limits = limits;
    }

    public string Folder { get; }

    /// <summary>Makes an empty layout, or opens the one that is there.</summary>
    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static OciLayout Create(string folder, OciLimits? limits = null)
    {
        if (File.Exists(Path.Combine(folder, Marker)))
        {
            return Open(folder, limits);
        }
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        AtomicFile.Write(Path.Combine(folder, "index.json"), new OciIndex([]).ToBytes());
        AtomicFile.Write(Path.Combine(folder, Marker), Encoding.ASCII.GetBytes("""{"imageLayoutVersion":"1.0.0"}"""));
        return Open(folder, limits);
    }

    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/> when the folder is no layout of version 1.0.0.</exception>
    public static OciLayout Open(string folder, OciLimits? limits = null)
    {
        var layout = new OciLayout(folder, limits ?? new OciLimits());
        var marker = layout.ReadDocument(Path.Combine(folder, Marker));
        var version = OciJson.Read(marker, root => OciJson.Text(root, "imageLayoutVersion"));
        return version == "1.0.0" ? layout : throw OciJson.Invalid($"layout version '{version}' is not 1.0.0.");
    }

    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>, <see cref="OciErrorCode.NotFound"/>.</exception>
    public OciIndex ReadIndex() => OciIndex.Parse(ReadDocument(Path.Combine(Folder, "index.json")), OciMediaTypes.Index);

    /// <summary>Adds content as a blob; what is there already is kept.</summary>
    /// <exception cref="IOException">The blob cannot be written.</exception>
    public OciDescriptor AddBlob(string mediaType, ReadOnlySpan<byte> content)
    {
        var blob = OciDescriptor.For(mediaType, content);
        if (!HasBlob(blob))
        {
            AtomicFile.Write(PathOf(blob.Digest), content);
        }
        return blob;
    }

    /// <summary>Adds a file as a blob, without holding it in memory.</summary>
    /// <exception cref="IOException">The blob cannot be written.</exception>
    public async Task<OciDescriptor> AddFileAsync(string mediaType, string file, CancellationToken cancellationToken)
    {
        await using var source = File.OpenRead(file);
        var digest = await OciDigest.ComputeAsync(source, cancellationToken);
        var blob = new OciDescriptor(mediaType, digest, source.Length);
        if (!HasBlob(blob))
        {
            source.Position = 0;
            await ReceiveBlobAsync(blob, target => source.CopyToAsync(target, cancellationToken));
        }
        return blob;
    }

    /// <summary>Adds a manifest and names it in the index; a manifest that had the name loses it.</summary>
    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/> when a blob of the manifest is not here.</exception>
    /// <exception cref="IOException">The layout cannot be written.</exception>
    public OciDescriptor AddManifest(OciManifest manifest, string? name = null, OciPlatform? platform = null)
    {
        foreach (var blob in manifest.Layers.Prepend(manifest.Config))
        {
            if (!HasBlob(blob))
            {
                throw OciJson.Invalid($"blob {blob.Digest} of the manifest is not in the layout.");
            }
        }
        var descriptor = AddBlob(manifest.MediaType, manifest.ToBytes()) with
        {
            ArtifactType = manifest.ArtifactType,
            Platform = platform,
            Annotations = name is null
                ? new Dictionary<string, string>(StringComparer.Ordinal)
                : new Dictionary<string, string>(StringComparer.Ordinal) { [RefName] = name },
        };
        var index = ReadIndex();
        var others = index.Manifests.Where(item =>
            name is null ? item.Digest != descriptor.Digest : item.Annotations.GetValueOrDefault(RefName) != name
        );
        AtomicFile.Write(Path.Combine(Folder, "index.json"), (index with { Manifests = [.. others, descriptor] }).ToBytes());
        return descriptor;
    }

    /// <summary>The descriptor with the name in the index.</summary>
    /// <exception cref="OciException"><see cref="OciErrorCode.NotFound"/>, <see cref="OciErrorCode.Invalid"/>.</exception>
    public OciDescriptor Find(string name) =>
        ReadIndex().Manifests.FirstOrDefault(item => item.Annotations.GetValueOrDefault(RefName) == name)
        ?? throw new OciException(OciErrorCode.NotFound, $"The layout {Folder} has no '{name}'.");

    /// <summary>True when a blob of this digest and size is here; its content is checked when it is read.</summary>
    public bool HasBlob(OciDescriptor blob) =>
        new FileInfo(PathOf(blob.Digest)) is { Exists: true } file && file.Length == blob.Size;

    /// <summary>The path of a blob's file, whether or not it is there.</summary>
    public string PathOf(OciDigest digest) => Path.Combine(Folder, "blobs", digest.Algorithm, digest.Hex);

    /// <summary>Reads and verifies a small blob.</summary>
    /// <exception cref="OciException">
    /// <see cref="OciErrorCode.NotFound"/>, <see cref="OciErrorCode.DigestMismatch"/>, <see cref="OciErrorCode.TooLarge"/>.
    /// </exception>
    public byte[] ReadBlob(OciDescriptor blob, int maximumLength = 4 * 1024 * 1024)
    {
        if (blob.Size > maximumLength)
        {
            throw new OciException(OciErrorCode.TooLarge, $"Blob of {blob.Size} bytes; {maximumLength} are allowed.");
        }
        if (!HasBlob(blob))
        {
            throw new OciException(OciErrorCode.NotFound, $"The layout {Folder} has no blob {blob.Digest} of {blob.Size} bytes.");
        }
        var content = File.ReadAllBytes(PathOf(blob.Digest));
        return blob.Digest.Matches(content)
            ? content
            : throw new OciException(OciErrorCode.DigestMismatch, $"{PathOf(blob.Digest)} has another digest.");
    }

    /// <summary>Reads and parses a manifest of the layout.</summary>
    /// <exception cref="OciException">As <see cref="ReadBlob"/>, and <see cref="OciErrorCode.Invalid"/>.</exception>
    public OciManifest ReadManifest(OciDescriptor descriptor) =>
        OciManifest.Parse(ReadBlob(descriptor, _limits.MaximumManifestLength), descriptor.MediaType);

    /// <summary>Pushes a manifest with its blobs.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public async Task PushAsync(
        OciDescriptor descriptor,
        OciClient client,
        string repository,
        string? tag,
        CancellationToken cancellationToken
    )
    {
        var manifest = ReadManifest(descriptor);
        foreach (var blob in manifest.Layers.Prepend(manifest.Config).DistinctBy(blob => blob.Digest))
        {
            await using var content = File.OpenRead(PathOf(blob.Digest));
            await client.PushBlobAsync(repository, blob, content, cancellationToken);
        }
        // The layout's own bytes, whose digest others may have signed.
        var bytes = ReadBlob(descriptor, _limits.MaximumManifestLength);
        await client.PushManifestAsync(repository, manifest, bytes, tag, cancellationToken);
    }

    /// <summary>Pulls a manifest with its blobs into the layout.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public async Task<OciDescriptor> PullAsync(
        OciClient client,
        string repository,
        string reference,
        CancellationToken cancellationToken
    )
    {
        var content = await client.PullContentAsync(repository, reference, cancellationToken);
        var manifest = OciManifest.Parse(content.Bytes, content.Descriptor.MediaType);
        foreach (var blob in manifest.Layers.Prepend(manifest.Config).Where(blob => !HasBlob(blob)))
        {
            await ReceiveBlobAsync(blob, target => client.PullBlobAsync(repository, blob, target, cancellationToken));
        }
        return AddBlob(content.Descriptor.MediaType, content.Bytes.Span);
    }

    private async Task ReceiveBlobAsync(OciDescriptor blob, Func<Stream, Task> write)
    {
        var path = PathOf(blob.Digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await AtomicFile.WriteAsync(path, write);
    }

    private byte[] ReadDocument(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new OciException(OciErrorCode.NotFound, $"{path} does not exist.");
        }
        return file.Length <= _limits.MaximumManifestLength
            ? File.ReadAllBytes(path)
            : throw new OciException(OciErrorCode.TooLarge, $"{path} has {file.Length} bytes.");
    }
}
