using System.Diagnostics;
using Lab.Emulation.Images;
using Lab.Host.Machine;
using Lab.Model.Errors;

namespace Lab.Emulation.Tests.Images;

/// <summary>How Kubernetes comes into a node's root, whatever it is made of.</summary>
internal sealed class NodeProgramsTests
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder()
    {
        RealParts.Need("sqfstar", "unsquashfs");
        _folder = Directory.CreateTempSubdirectory("hwlab-programs-").FullName;
    }

    [TearDown]
    public void Remove_the_folder()
    {
        if (_folder.Length > 0)
            Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task One_program_goes_by_three_names()
    {
        var image = await PackAsync(NodePrograms.Combined(Write("hypernode")));

        Assert.That(await ListAsync(image), Does.Contain("kube-proxy -> ../lib/hwlab/kubernetes"));
        Assert.That(await ReadAsync(image, "usr/lib/hwlab/kubernetes"), Is.EqualTo("program hypernode"));
    }

    [Test]
    public async Task Separate_programs_are_a_file_each()
    {
        var names = new[] { "kubelet", "kubeadm", "kube-proxy" };
        var image = await PackAsync(
            new NodePrograms(names.ToDictionary(name => name, name => Write($"arm64-{name}"), StringComparer.Ordinal))
        );

        foreach (var name in names)
            Assert.That(await ReadAsync(image, $"usr/bin/{name}"), Is.EqualTo($"program arm64-{name}"));
        Assert.That(await ListAsync(image), Does.Contain("-rwxr-xr-x").And.Not.Contain("->"));
    }

    [Test]
    public async Task K3s_brings_its_images_where_it_looks_for_them()
    {
        var image = await PackAsync(NodePrograms.K3s(Write("k3s-arm64"), Write("k3s-airgap-images-arm64.tar.zst")));

        Assert.That(await ReadAsync(image, "usr/bin/k3s"), Is.EqualTo("program k3s-arm64"));
        Assert.That(
            await ReadAsync(image, "var/lib/rancher/k3s/agent/images/k3s-airgap-images-arm64.tar.zst"),
            Is.EqualTo("program k3s-airgap-images-arm64.tar.zst")
        );
    }

    [Test]
    public async Task What_they_are_called_and_what_they_are_both_count_for_the_image()
    {
        var (one, other) = (Write("one"), Write("other"));
        var lists = new List<string>();
        foreach (
            var programs in new[]
            {
                NodePrograms.Combined(one),
                NodePrograms.Combined(other),
                new NodePrograms(new Dictionary<string, string>(StringComparer.Ordinal) { ["kubelet"] = one }),
                NodePrograms.K3s(one, other),
                NodePrograms.K3s(other, one),
            }
        )
            lists.Add(string.Join(';', await programs.DescribeAsync(CancellationToken.None)));

        Assert.That(lists, Is.Unique);
    }

    [Test]
    public void A_program_that_is_not_there_is_named() =>
        Assert.That(
            () => NodePrograms.K3s(Write("k3s"), Path.Combine(_folder, "none")).Demand(),
            Throws.TypeOf<LabException>().With.Property(nameof(LabException.Where)).EndsWith("none")
        );

    private string Write(string name)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"program {name}");
        return path;
    }

    private async Task<string> PackAsync(NodePrograms programs)
    {
        var root = new SquashRoot();
        await programs.AddAsync(root, CancellationToken.None);
        var image = Path.Combine(_folder, "image");
        await root.WriteAsync(image, CancellationToken.None);
        return image;
    }

    private static Task<string> ListAsync(string image) => RunAsync("-ll", image);

    private static Task<string> ReadAsync(string image, string path) => RunAsync("-cat", image, path);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(HostTools.Require("unsquashfs"), arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync();
    }
}
