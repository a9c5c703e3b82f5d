using System.Formats.Tar;
using Lab.Services.Registry;
using Lab.Services.Workloads;

namespace Lab.Services.Tests.Workloads;

public sealed class WorkloadImageTests
{
    private static readonly WorkloadImage Image = new(
        "fleet/hello",
        "1",
        ["/bin/busybox"],
        new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
        {
            ["www/deep/index.html"] = "hello"u8.ToArray(),
            ["bin/busybox"] = "x"u8.ToArray(),
        },
        new Dictionary<string, string>(StringComparer.Ordinal) { ["bin/sh"] = "busybox" }
    );

    [Test]
    public void The_same_image_gives_the_same_layer()
    {
        var once = WorkloadImageWriter.Layer(Image);

        Assert.That(WorkloadImageWriter.Layer(Image), Is.EqualTo(once));
    }

    [Test]
    public async Task An_image_is_published_as_the_digest_it_was_said_to_have()
    {
        await using var lab = new TestLab();
        using var registry = new RunRegistry(lab.PathOf("blobs"), lab.PathOf("work"), new RegistryLimits(), TimeProvider.System);

        var digest = await WorkloadImageWriter.PublishAsync(registry, Image, CancellationToken.None);

        Assert.That(digest.ToString(), Is.EqualTo(Image.ComputeDigest()));
    }

    [Test]
    public void A_layer_names_folders_before_what_is_in_them()
    {
        using var tar = new TarReader(new MemoryStream(WorkloadImageWriter.Layer(Image)));
        var names = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        Assert.That(names, Is.EqualTo(["bin/", "www/", "www/deep/", "bin/busybox", "www/deep/index.html", "bin/sh"]));
    }
}
