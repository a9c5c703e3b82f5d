using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Services.Registry;
using Lab.Services.Workloads;

namespace Lab.Services.Tests.Registry;

/// <summary>An independent client of the distribution specification.</summary>
public sealed class SkopeoTests
{
    private TestRegistry _served = null!;

    [SetUp]
    public async Task SetUp()
    {
        if (HostTools.Find("skopeo") is null)
            Assert.Ignore("skopeo is not installed");
        _served = await TestRegistry.StartAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_served is not null)
            await _served.DisposeAsync();
    }

    [Test]
    public async Task I_can_push_an_image_with_skopeo_and_pull_the_same_back()
    {
        var layout = await WriteLayoutAsync();

        await SkopeoAsync(
            "copy",
            "--preserve-digests",
            "--dest-tls-verify=false",
            $"oci:{layout}:v1",
            $"docker://{_served.Authority}/lab/image:v1"
        );
        await SkopeoAsync(
            "copy",
            "--preserve-digests",
            "--src-tls-verify=false",
            $"docker://{_served.Authority}/lab/image:v1",
            $"oci:{_served.Lab.PathOf("back")}:v1"
        );

        foreach (var blob in Directory.GetFiles(Path.Combine(layout, "blobs/sha256")))
        {
            var back = Path.Combine(_served.Lab.PathOf("back/blobs/sha256"), Path.GetFileName(blob));
            Assert.That(await File.ReadAllBytesAsync(back), Is.EqualTo(await File.ReadAllBytesAsync(blob)));
        }
    }

    [Test]
    public async Task I_can_copy_between_repositories_list_and_delete_with_skopeo()
    {
        var layout = await WriteLayoutAsync();
        var image = $"docker://{_served.Authority}/lab/image:v1";
        await SkopeoAsync("copy", "--preserve-digests", "--dest-tls-verify=false", $"oci:{layout}:v1", image);

        await SkopeoAsync(
            "copy",
            "--preserve-digests",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
            image,
            $"docker://{_served.Authority}/other:v2"
        );
        var inspected = await SkopeoAsync("inspect", "--tls-verify=false", image);
        var tags = await SkopeoAsync("list-tags", "--tls-verify=false", $"docker://{_served.Authority}/other");
        await SkopeoAsync("delete", "--tls-verify=false", $"docker://{_served.Authority}/other:v2");

        using var json = JsonDocument.Parse(inspected);
        Assert.That(json.RootElement.GetProperty("Architecture").GetString(), Is.EqualTo("arm64"));
        Assert.That(tags, Does.Contain("v2"));
        Assert.That((await _served.Client.GetAsync("/v2/other/manifests/v2")).IsSuccessStatusCode, Is.False);
    }

    [Test]
    public async Task I_can_look_at_a_published_os_with_skopeo()
    {
        var os = new OsArtifact(
            "os/edge-node",
            _served.Lab.Write("kernel", TestLab.Noise(5000)),
            _served.Lab.Write("initrd", TestLab.Noise(7000)),
            "console=ttyAMA0"
        );
        var manifest = await new OsPublisher(_served.Registry).PublishAsync(os, CancellationToken.None);

        var raw = await SkopeoAsync(
            "inspect",
            "--raw",
            "--tls-verify=false",
            $"docker://{_served.Authority}/edge-node@{ContentDigest.Of(manifest)}"
        );

        Assert.That(raw, Is.EqualTo(Encoding.UTF8.GetString(manifest)));
    }

    [Test]
    public async Task I_can_copy_a_workload_image_with_skopeo()
    {
        var image = new WorkloadImage(
            "fleet/hello",
            "1",
            ["/bin/busybox", "httpd"],
            new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["bin/busybox"] = TestLab.Noise(3000) },
            new Dictionary<string, string>(StringComparer.Ordinal) { ["bin/sh"] = "busybox" }
        );
        await WorkloadImageWriter.PublishAsync(_served.Registry, image, CancellationToken.None);
        var name = $"docker://{_served.Authority}/fleet/hello:1";

        var config = await SkopeoAsync("inspect", "--config", "--override-arch=arm64", "--tls-verify=false", name);
        await SkopeoAsync("copy", "--override-arch=arm64", "--src-tls-verify=false", name, $"oci:{_served.Lab.PathOf("copy")}:1");

        using var json = JsonDocument.Parse(config);
        Assert.That(json.RootElement.GetProperty("config").GetProperty("Entrypoint")[0].GetString(), Is.EqualTo("/bin/busybox"));
    }

    private async Task<string> SkopeoAsync(params string[] arguments)
    {
        var result = await Cli.Wrap(HostTools.Require("skopeo"))
            .WithEnvironmentVariables(variables => variables.Set("REGISTRY_AUTH_FILE", _served.WriteAuthFile()))
            .WithArguments(["--insecure-policy", "--tmpdir", _served.Lab.Root, .. arguments])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardError);
        return result.StandardOutput;
    }

    /// <summary>An OCI image layout of one small image.</summary>
    private async Task<string> WriteLayoutAsync()
    {
        var folder = _served.Lab.PathOf("layout");
        var layer = TestLab.Noise(200_000);
        var config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"arm64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{ContentDigest.Of(layer)}}}"]}}"""
        );
        var manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{Descriptor("application/vnd.oci.image.config.v1+json", config)}},"layers":[{{Descriptor("application/vnd.oci.image.layer.v1.tar", layer)}}]}"""
        );
        var index =
            $$$"""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{ContentDigest.Of(manifest)}}}","size":{{{manifest.Length}}},"annotations":{"org.opencontainers.image.ref.name":"v1"}}]}""";
        foreach (var blob in new[] { layer, config, manifest })
            _served.Lab.Write($"layout/blobs/sha256/{ContentDigest.Of(blob).Hex}", blob);
        await File.WriteAllTextAsync(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "index.json"), index);
        return folder;
    }

    private static string Descriptor(string type, byte[] content) =>
        $$"""{"mediaType":"{{type}}","digest":"{{ContentDigest.Of(content)}}","size":{{content.Length}}}""";
}
