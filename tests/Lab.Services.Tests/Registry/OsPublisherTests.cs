using Lab.Model.Errors;
using Lab.Services.Registry;
using Lab.Trust.Oci;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Services.Tests.Registry;

public sealed class OsPublisherTests
{
    private const string Prefix = "application/vnd.hwlab.os.";
    private TestLab _lab = null!;
    private OsPublisher _publisher = null!;

    [SetUp]
    public void SetUp()
    {
        _lab = new TestLab();
        _publisher = new OsPublisher(
            new RunRegistry(_lab.PathOf("registry"), _lab.PathOf("substitutes"), new RegistryLimits(), new FakeTimeProvider())
        );
    }

    [TearDown]
    public async Task TearDown() => await _lab.DisposeAsync();

    [Test]
    public async Task A_root_file_system_is_a_layer_between_the_initrd_and_the_command_line()
    {
        var manifest = OciManifest.Parse(
            await _publisher.PublishAsync(Os() with { RootPath = _lab.Write("root", [3]) }, default)
        );
        Assert.That(
            manifest.Layers.Select(layer => layer.MediaType),
            Is.EqualTo([Prefix + "kernel.v1", Prefix + "initrd.v1", Prefix + "root.v1+squashfs", Prefix + "cmdline.v1"])
        );
        Assert.That(manifest.ArtifactType, Is.EqualTo(Prefix + "v1"));
    }

    [Test]
    public async Task An_os_without_one_is_published_as_ever()
    {
        var manifest = OciManifest.Parse(await _publisher.PublishAsync(Os(), default));
        Assert.That(
            manifest.Layers.Select(layer => layer.MediaType),
            Is.EqualTo([Prefix + "kernel.v1", Prefix + "initrd.v1", Prefix + "cmdline.v1"])
        );
    }

    [TestCase("kernel", 0)]
    [TestCase("initrd", 1)]
    [TestCase("root", 2)]
    [TestCase("cmdline", 3)]
    public async Task One_layer_can_be_another(string kind, int index)
    {
        var os = Os() with { RootPath = _lab.Write("root", [3]) };
        var good = OciManifest.Parse(await _publisher.PublishAsync(os, default));
        var other = OciManifest.Parse(await _publisher.PublishAsync(os, kind, new byte[] { 9, 9 }, default));
        var changed = Enumerable.Range(0, 4).Where(each => good.Layers[each].Digest != other.Layers[each].Digest);
        Assert.That(changed, Is.EqualTo([index]));
    }

    [TestCase("root")]
    [TestCase("config")]
    public void A_layer_that_the_os_does_not_have_cannot_be_another(string kind) =>
        Assert.That(
            async () => await _publisher.PublishAsync(Os(), kind, new byte[] { 1 }, default),
            Throws.TypeOf<LabException>()
        );

    private OsArtifact Os() => new("os/edge-node", _lab.Write("kernel", [1]), _lab.Write("initrd", [2]), "quiet");
}
