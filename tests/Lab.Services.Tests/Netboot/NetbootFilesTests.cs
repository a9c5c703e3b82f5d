using Lab.Model.Errors;
using Lab.Services.Netboot;

namespace Lab.Services.Tests.Netboot;

public sealed class NetbootFilesTests
{
    private TestLab _lab = null!;

    [SetUp]
    public void SetUp() => _lab = new TestLab();

    [TearDown]
    public async Task TearDown() => await _lab.DisposeAsync();

    [Test]
    public async Task Publishing_replaces_what_is_served_and_never_the_artifact()
    {
        var artifact = _lab.Write("cache/uki", [1]);
        var files = new NetbootFiles(_lab.PathOf("files"));
        files.Link("uki.efi", artifact);

        await files.WriteAsync("uki.efi", new byte[] { 2 }, CancellationToken.None);

        Assert.That(await File.ReadAllBytesAsync(files.Find("uki.efi")!), Is.EqualTo(new byte[] { 2 }));
        Assert.That(await File.ReadAllBytesAsync(artifact), Is.EqualTo(new byte[] { 1 }));
        Assert.That(Directory.GetFiles(files.Folder), Has.Length.EqualTo(1));
    }

    [TestCase("../secret")]
    [TestCase(".hidden")]
    [TestCase("a/b")]
    [TestCase("")]
    public void A_name_that_leads_elsewhere_is_no_name(string name)
    {
        var files = new NetbootFiles(_lab.PathOf("files"));
        _lab.Write("secret", [1]);

        Assert.That(files.Find(name), Is.Null);
        Assert.That(async () => await files.WriteAsync(name, default, CancellationToken.None), Throws.TypeOf<LabException>());
    }

    [Test]
    public void An_artifact_that_is_not_there_is_the_labs_fault() =>
        Assert.That(() => new NetbootFiles(_lab.PathOf("files")).Link("uki.efi", "/nowhere"), Throws.TypeOf<LabException>());
}
