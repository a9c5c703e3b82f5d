using System.Text.Json;

namespace Lab.Services.Registry;

/// <summary>The OCI manifest of a bootable OS: one artifact, its layers in the order kernel, initrd, root file system (if there is one), command line.</summary>
internal static class OsManifest
{
    public const string MediaType = "application/vnd.oci.image.manifest.v1+json";
    public const string ArtifactType = "application/vnd.hwlab.os.v1";
    public const string KernelType = "application/vnd.hwlab.os.kernel.v1";
    public const string InitrdType = "application/vnd.hwlab.os.initrd.v1";
    public const string RootType = "application/vnd.hwlab.os.root.v1+squashfs";
    public const string CommandLineType = "application/vnd.hwlab.os.cmdline.v1";
    public const string EmptyType = "application/vnd.oci.empty.v1+json";

    /// <summary>The content of the empty descriptor: image-spec 1.1, "Guidance for an Empty Descriptor".</summary>
    public static ReadOnlyMemory<byte> Empty { get; } = "{}"u8.ToArray();

    public static byte[] Build(Part kernel, Part initrd, Part? root, Part commandLine)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaType);
            json.WriteString("artifactType", ArtifactType);
            json.WritePropertyName("config");
            Write(json, EmptyType, new Part(ContentDigest.Of(Empty.Span), Empty.Length));
            json.WriteStartArray("layers");
            Write(json, KernelType, kernel);
            Write(json, InitrdType, initrd);
            if (root is { } image)
                Write(json, RootType, image);
            Write(json, CommandLineType, commandLine);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string mediaType, Part part)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", mediaType);
        json.WriteString("digest", part.Digest.ToString());
        json.WriteNumber("size", part.Size);
        json.WriteEndObject();
    }

    internal readonly record struct Part(ContentDigest Digest, long Size);
}
