using System.Formats.Tar;
using System.Text.Json;
using Lab.Services.Registry;

namespace Lab.Services.Workloads;

/// <summary>Writes images as OCI wants them (image-spec 1.1): one layer, a configuration, a manifest. The same image gives the same bytes.</summary>
internal static class WorkloadImageWriter
{
    public const string ConfigType = "application/vnd.oci.image.config.v1+json";
    public const string LayerType = "application/vnd.oci.image.layer.v1.tar";

    private const UnixFileMode Executable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>Puts the image into the registry under its tag.</summary>
    /// <returns>The manifest's digest.</returns>
    public static async Task<ContentDigest> PublishAsync(
        RunRegistry registry,
        WorkloadImage image,
        CancellationToken cancellationToken
    )
    {
        var (layer, config, manifest) = Write(image);
        await registry.AddBlobAsync(image.Repository, layer, cancellationToken);
        await registry.AddBlobAsync(image.Repository, config, cancellationToken);
        return await registry.AddManifestAsync(image.Repository, manifest, image.Tag, cancellationToken);
    }

    /// <summary>What it will be published as.</summary>
    public static ContentDigest DigestOf(WorkloadImage image) => ContentDigest.Of(Write(image).Manifest);

    private static (byte[] Layer, byte[] Config, byte[] Manifest) Write(WorkloadImage image)
    {
        var layer = Layer(image);
        var layerDigest = ContentDigest.Of(layer);
        var config = Config(image, layerDigest);
        return (layer, config, Manifest((ContentDigest.Of(config), config.Length), (layerDigest, layer.Length)));
    }

    internal static byte[] Layer(WorkloadImage image)
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var folder in Folders(image))
            {
                tar.WriteEntry(Plain(new UstarTarEntry(TarEntryType.Directory, folder + "/")));
            }

            foreach (var (path, content) in image.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                using var data = new MemoryStream(content.ToArray(), writable: false);
                tar.WriteEntry(Plain(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = data }));
            }

            foreach (var (path, target) in image.Links.OrderBy(link => link.Key, StringComparer.Ordinal))
            {
                tar.WriteEntry(Plain(new UstarTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target }));
            }
        }

        return buffer.ToArray();
    }

    private static UstarTarEntry Plain(UstarTarEntry entry)
    {
        entry.Mode = Executable;
        entry.ModificationTime = DateTimeOffset.UnixEpoch;
        return entry;
    }

    private static SortedSet<string> Folders(WorkloadImage image)
    {
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in image.Files.Keys.Concat(image.Links.Keys))
        {
            for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
            {
                folders.Add(path[..end]);
            }
        }

        return folders;
    }

    private static byte[] Config(WorkloadImage image, ContentDigest layer) =>
        Write(json =>
        {
            json.WriteString("architecture", "arm64");
            json.WriteString("os", "linux");
            json.WriteStartObject("config");
            json.WriteStartArray("Entrypoint");
            foreach (var argument in image.Entrypoint)
            {
                json.WriteStringValue(argument);
            }

            json.WriteEndArray();
            json.WriteStartArray("Env");
            json.WriteStringValue("PATH=/bin");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("rootfs");
            json.WriteString("type", "layers");
            json.WriteStartArray("diff_ids");
            // The layer is not compressed, so its digest is that of its content.
            json.WriteStringValue(layer.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static byte[] Manifest((ContentDigest Digest, int Size) config, (ContentDigest Digest, int Size) layer) =>
        Write(json =>
        {
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", OsManifest.MediaType);
            json.WritePropertyName("config");
            Descriptor(json, ConfigType, config);
            json.WriteStartArray("layers");
            Descriptor(json, LayerType, layer);
            json.WriteEndArray();
        });

    private static void Descriptor(Utf8JsonWriter json, string mediaType, (ContentDigest Digest, int Size) part)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", mediaType);
        json.WriteString("digest", part.Digest.ToString());
        json.WriteNumber("size", part.Size);
        json.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
