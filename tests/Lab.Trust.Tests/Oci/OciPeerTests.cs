using System.Security.Cryptography;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Lab.Trust.Oci;
using Lab.Trust.Tests.Peers;
using NUnit.Framework;

namespace Lab.Trust.Tests.Oci;

/// <summary>Against registries and clients that others wrote.</summary>
[Category("RealPeers")]
public sealed class OciPeerTests
{
    private const string Repository = "hwlab/edge-node";

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("hwlab-oci-");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [OneTimeTearDown]
    public void OneTimeTearDown() => _http.Dispose();

    [Test]
    public async Task I_can_push_an_operating_system_and_pull_it_by_digest()
    {
        await using var registry = await DockerRegistry.StartAsync();
        var client = new OciClient(_http, registry.Address);
        var kernel = RandomNumberGenerator.GetBytes(3_000_000);
        var manifest = await PushAsync(client, kernel);
        var pushed = await client.PushManifestAsync(Repository, manifest, "v1", default);

        var pulled = await client.PullManifestAsync(Repository, pushed.Digest, pushed.Size, default);
        var layer = pulled.Layer(OciMediaTypes.HwLabOsKernel);
        var content = await client.PullBlobAsync(Repository, layer, 4_000_000, default);
        var tags = await client.ListTagsAsync(Repository, default);
        Assert.Multiple(() =>
        {
            Assert.That(pulled.ArtifactType, Is.EqualTo(OciMediaTypes.HwLabOs));
            Assert.That(content.AsSpan().SequenceEqual(kernel), Is.True);
            Assert.That(tags, Is.EqualTo(new[] { "v1" }));
        });
    }

    [Test]
    public async Task I_can_push_in_chunks_and_mount_from_another_repository()
    {
        await using var registry = await DockerRegistry.StartAsync();
        var client = new OciClient(_http, registry.Address);
        var content = RandomNumberGenerator.GetBytes(1_000_001);
        var blob = OciDescriptor.For(OciMediaTypes.HwLabOsInitrd, content);
        await client.PushBlobInChunksAsync(Repository, blob, new MemoryStream(content), 300_000, default);
        Assert.That(await client.MountBlobAsync("other", blob, Repository, default), Is.True);
        var pulled = await client.PullBlobAsync("other", blob, content.Length, default);
        Assert.That(pulled.AsSpan().SequenceEqual(content), Is.True);
        var unknown = OciDescriptor.For(OciMediaTypes.Layer, [1, 2, 3]);
        Assert.That(await client.MountBlobAsync("other", unknown, Repository, default), Is.False);
    }

    [Test]
    public async Task Referrers_are_listed_by_the_fallback_tag()
    {
        await using var registry = await DockerRegistry.StartAsync();
        var client = new OciClient(_http, registry.Address);
        var subject = await client.PushManifestAsync(Repository, await PushAsync(client, [1]), "v1", default);
        Assert.That(await client.ListReferrersAsync(Repository, subject.Digest, null, default), Is.Empty);
        foreach (var type in (string[])["application/vnd.test.a", "application/vnd.test.b"])
        {
            var about = new OciManifest(OciDescriptor.Empty, [OciDescriptor.Empty]) { ArtifactType = type, Subject = subject };
            await client.PushManifestAsync(Repository, about, null, default);
            await client.PushManifestAsync(Repository, about, null, default);
        }
        var all = await client.ListReferrersAsync(Repository, subject.Digest, null, default);
        var some = await client.ListReferrersAsync(Repository, subject.Digest, "application/vnd.test.b", default);
        Assert.Multiple(() =>
        {
            Assert.That(all, Has.Count.EqualTo(2));
            Assert.That(some.Single().ArtifactType, Is.EqualTo("application/vnd.test.b"));
        });
    }

    [Test]
    public async Task I_can_use_a_registry_with_basic_authentication()
    {
        await using var registry = await DockerRegistry.StartAsync("lab", "secret");
        var anonymous = new OciClient(_http, registry.Address);
        var options = new OciClientOptions { Credential = new OciCredential("lab", "secret") };
        await PushAsync(new OciClient(_http, registry.Address, options), [1, 2]);
        await Refused(OciErrorCode.Unauthorized, () => PushAsync(anonymous, [1]));
        options = options with { Credential = new OciCredential("lab", "wrong") };
        await Refused(OciErrorCode.Unauthorized, () => PushAsync(new OciClient(_http, registry.Address, options), [1]));
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        await using var registry = await DockerRegistry.StartAsync();
        var client = new OciClient(_http, registry.Address);
        var blob = OciDescriptor.For(OciMediaTypes.Layer, [1]);
        await Refused(OciErrorCode.NotFound, () => client.PullBlobAsync(Repository, blob, 10, default));
        await Refused(OciErrorCode.NotFound, () => client.PullContentAsync(Repository, "v1", default));
        await Refused(OciErrorCode.NotFound, () => client.ListTagsAsync(Repository, default));
    }

    [Test]
    public async Task Skopeo_can_copy_what_I_pushed()
    {
        var skopeo = Programs.Require("skopeo");
        await using var registry = await DockerRegistry.StartAsync();
        var client = new OciClient(_http, registry.Address);
        var image = await PushImageAsync(client);
        var copy = Path.Combine(_folder.FullName, "copy");
        await RunAsync(
            skopeo,
            "copy",
            "--preserve-digests",
            "--src-tls-verify=false",
            $"docker://{registry.Address.Authority}/{Repository}:image",
            $"oci:{copy}:image"
        );
        var layout = OciLayout.Open(copy);
        var descriptor = layout.Find("image");
        Assert.Multiple(() =>
        {
            Assert.That(descriptor.Digest, Is.EqualTo(image.Digest));
            Assert.That(layout.ReadManifest(descriptor).Layers, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task I_can_pull_what_skopeo_pushed_from_my_layout()
    {
        var skopeo = Programs.Require("skopeo");
        await using var registry = await DockerRegistry.StartAsync();
        var layout = OciLayout.Create(Path.Combine(_folder.FullName, "mine"));
        var file = Path.Combine(_folder.FullName, "layer.tar");
        await File.WriteAllBytesAsync(file, new byte[10240]);
        var manifest = new OciManifest(
            layout.AddBlob(OciMediaTypes.ImageConfig, Encoding.UTF8.GetBytes(Config)),
            [await layout.AddFileAsync(OciMediaTypes.Layer, file, default)]
        );
        var added = layout.AddManifest(manifest, "v2");
        await RunAsync(
            skopeo,
            "copy",
            "--preserve-digests",
            "--dest-tls-verify=false",
            $"oci:{layout.Folder}:v2",
            $"docker://{registry.Address.Authority}/{Repository}:v2"
        );
        var client = new OciClient(_http, registry.Address);
        var other = OciLayout.Create(Path.Combine(_folder.FullName, "pulled"));
        var pulled = await other.PullAsync(client, Repository, "v2", default);
        Assert.Multiple(() =>
        {
            Assert.That(pulled.Digest, Is.EqualTo(added.Digest));
            Assert.That(other.ReadManifest(pulled).Layers, Is.EqualTo(manifest.Layers).Using<OciDescriptor>(Same));
        });
    }

    private const string Config = """
        {"architecture":"arm64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:84ff92691f909a05b224e1c56abb4864f01b4f8e3c854e4bb4c7baf1d3f6d652"]}}
        """;

    internal static bool Same(OciDescriptor a, OciDescriptor b) =>
        (a.MediaType, a.Digest, a.Size) == (b.MediaType, b.Digest, b.Size);

    private static async Task<OciManifest> PushAsync(OciClient client, byte[] kernel) =>
        new(
            await client.PushBlobAsync(Repository, OciMediaTypes.Empty, OciDescriptor.EmptyContent, default),
            [
                await client.PushBlobAsync(Repository, OciMediaTypes.HwLabOsKernel, kernel, default),
                await client.PushBlobAsync(Repository, OciMediaTypes.HwLabOsInitrd, new byte[] { 7 }, default),
                await client.PushBlobAsync(Repository, OciMediaTypes.HwLabOsCommandLine, "quiet"u8.ToArray(), default),
            ]
        )
        {
            ArtifactType = OciMediaTypes.HwLabOs,
        };

    private static async Task<OciDescriptor> PushImageAsync(OciClient client)
    {
        var image = new OciManifest(
            await client.PushBlobAsync(Repository, OciMediaTypes.ImageConfig, Encoding.UTF8.GetBytes(Config), default),
            [await client.PushBlobAsync(Repository, OciMediaTypes.Layer, new byte[10240], default)]
        );
        return await client.PushManifestAsync(Repository, image, "image", default);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var result = await Cli.Wrap(program)
            .WithArguments(["--insecure-policy", .. arguments])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardError);
    }

    internal static async Task Refused(OciErrorCode code, Func<Task> action)
    {
        var e = await Assert.ThrowsAsync<OciException>(() => action());
        Assert.That(e!.Code, Is.EqualTo(code), e.Message);
    }
}
