using System.Text;

namespace Lab.Trust.Oci;

/// <summary>Names content: what it is, its digest and its size in bytes (image-spec, descriptor.md).</summary>
public sealed record OciDescriptor(string MediaType, OciDigest Digest, long Size)
{
    /// <summary>What kind of artifact a described manifest is.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Never <c>null</c>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>In an index only.</summary>
    public OciPlatform? Platform { get; init; }

    /// <summary>The two bytes <c>{}</c> that stand where a config has nothing to say.</summary>
    public static ReadOnlyMemory<byte> EmptyContent { get; } = Encoding.ASCII.GetBytes("{}");

    /// <summary>The descriptor of <see cref="EmptyContent"/>.</summary>
    public static OciDescriptor Empty { get; } = For(OciMediaTypes.Empty, EmptyContent.Span);

    /// <summary>Describes content by its SHA-256 digest.</summary>
    public static OciDescriptor For(string mediaType, ReadOnlySpan<byte> content) =>
        new(mediaType, OciDigest.Compute(content), content.Length);
}
