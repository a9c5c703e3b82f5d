using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Lab.Services.GitOps.Sources;
using Lab.Services.Tests.Registry;
using Lab.Trust.Oci;

namespace Lab.Services.Tests.GitOps;

/// <summary>Artifacts as <c>flux push artifact</c> and <c>cosign sign --key</c> make them, in a real registry.</summary>
internal sealed class TestArtifact(TestRegistry served)
{
    public const string Repository = "fleet/manifests";
    public const string LayerType = "application/vnd.cncf.flux.content.v1.tar+gzip";

    private const string ConfigType = "application/vnd.cncf.flux.config.v1+json";

    private readonly HttpClient _http = new();

    public OciAddress Address => OciAddress.Parse($"oci://{served.Authority}/{Repository}", insecure: true);

    public OciRemote Remote(bool withLogin = true) =>
        OciRemote.Create(
            Address,
            withLogin
                ? new Dictionary<string, byte[]>(StringComparer.Ordinal)
                {
                    [".dockerconfigjson"] = Encoding.UTF8.GetBytes(served.Publisher.ToAuthFile(Address.Registry)),
                }
                : new Dictionary<string, byte[]>(StringComparer.Ordinal),
            new Dictionary<string, byte[]>(StringComparer.Ordinal),
            TimeProvider.System
        );

    /// <summary>Pushes layers under a tag.</summary>
    public async Task<OciDigest> PushAsync(string tag, params (string Type, byte[] Content)[] layers)
    {
        var client = new OciClient(
            _http,
            Address.Registry,
            new OciClientOptions { Credential = new OciCredential(served.Publisher.User, served.Publisher.Password) }
        );
        var config = await client.PushBlobAsync(Repository, ConfigType, "{}"u8.ToArray(), default);
        var pushed = new List<OciDescriptor>();
        foreach (var (type, content) in layers)
            pushed.Add(await client.PushBlobAsync(Repository, type, content, default));
        var manifest = new OciManifest(config, pushed)
        {
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["org.opencontainers.image.revision"] = $"main@sha1:{tag}",
            },
        };
        return (await client.PushManifestAsync(Repository, manifest, tag, default)).Digest;
    }

    public Task<OciDigest> PushAsync(string tag, params (string Path, string Content)[] files) =>
        PushAsync(tag, (LayerType, Pack([.. files.Select(file => File(file.Path, file.Content))])));

    /// <summary>Signs an artifact, or something else under its name.</summary>
    public async Task SignAsync(OciDigest digest, Func<byte[], byte[]> sign, OciDigest? said = null)
    {
        var payload = Encoding.UTF8.GetBytes(
            $$$"""{"critical":{"identity":{"docker-reference":""},"image":{"docker-manifest-digest":"{{{said ?? digest}}}"},"type":"cosign container image signature"},"optional":null}"""
        );
        var client = new OciClient(
            _http,
            Address.Registry,
            new OciClientOptions { Credential = new OciCredential(served.Publisher.User, served.Publisher.Password) }
        );
        var config = await client.PushBlobAsync(Repository, OciMediaTypes.ImageConfig, "{}"u8.ToArray(), default);
        var layer = await client.PushBlobAsync(Repository, CosignVerifier.PayloadType, payload, default) with
        {
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [CosignVerifier.SignatureAnnotation] = Convert.ToBase64String(sign(payload)),
            },
        };
        var manifest = new OciManifest(config, [layer]);
        await client.PushManifestAsync(Repository, manifest, $"sha256-{digest.Hex}.sig", default);
    }

    public static byte[] Sign(ECDsa key, byte[] payload) =>
        key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public static TarEntry File(string path, string content) =>
        new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    public static TarEntry Link(string path, string target) =>
        new PaxTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target };

    public static byte[] Pack(TarEntry[] entries, bool compressed = true)
    {
        using var plain = new MemoryStream();
        using (var tar = new TarWriter(plain, leaveOpen: true))
        {
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        }

        if (!compressed)
            return plain.ToArray();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain.ToArray());
        return packed.ToArray();
    }
}
