using Lab.Services.Cluster;
using Lab.Services.Cluster.Debian;

namespace Lab.Services.Tests.Cluster;

internal sealed class BuildRecipeTests
{
    private TestLab _lab = null!;

    [SetUp]
    public void Make_a_lab() => _lab = new TestLab();

    [TearDown]
    public async Task Remove_the_lab() => await _lab.DisposeAsync();

    [Test]
    public void Our_own_files_are_in_the_program()
    {
        foreach (var file in BuildRecipe.ControlPlaneFiles.Concat(BuildRecipe.NodeFiles))
            Assert.That(BuildRecipe.Read(file), Does.Contain("package main"));
        Assert.That(BuildRecipe.Read(BuildRecipe.ServicePortPatch), Does.Contain("+default=\"TCP\""));
    }

    [Test]
    public void The_version_is_linked_in_under_its_vendored_name() =>
        Assert.That(
            BuildRecipe.LinkerFlags(KubernetesVersion.Parse("v1.20.2")),
            Does.Contain("-X k8s.io/kubernetes/vendor/k8s.io/component-base/version.gitVersion=v1.20.2")
        );

    [Test]
    public void What_this_recipe_built_is_found_without_the_network()
    {
        Built($"v1.20.2-{BuildRecipe.Digest[..16]}-0123456789abcdef");
        var found = new KubeadmDebianFlavor(_lab.Folders, _lab.Owner).FindCached() as KubernetesBinaries;
        Assert.That(found, Is.Not.Null);
        Assert.That(found!.Version.ToString(), Is.EqualTo("v1.20.2"));
        Assert.That(found.NodePrograms.Values.Select(Path.GetFileName), Is.All.EqualTo("hypernode"));
    }

    [Test]
    public void What_another_recipe_built_or_what_is_not_complete_does_not_count()
    {
        Built("v1.20.2-0000000000000000-0123456789abcdef");
        Directory.CreateDirectory(
            Path.Combine(_lab.Folders.Cache, "kubernetes", $"v1.20.2-{BuildRecipe.Digest[..16]}-aaaaaaaaaaaaaaaa")
        );
        Assert.That(new KubeadmDebianFlavor(_lab.Folders, _lab.Owner).FindCached(), Is.Null);
    }

    private void Built(string name) => _lab.Write($"cache/kubernetes/{name}/inputs.json", "{}"u8);
}
