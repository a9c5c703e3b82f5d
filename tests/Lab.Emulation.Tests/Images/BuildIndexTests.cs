using Lab.Emulation.Images;
using NUnit.Framework;

namespace Lab.Emulation.Tests.Images;

internal sealed class BuildIndexTests
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("hwlab-index-").FullName;

    [TearDown]
    public void Remove_the_folder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_same_inputs_are_built_once()
    {
        int builds = 0;
        Artifact first = await GetAsync("a", () => builds++);
        Artifact second = await GetAsync("a", () => builds++);
        Assert.That(second, Is.EqualTo(first));
        Assert.That(builds, Is.EqualTo(1));
    }

    [Test]
    public async Task Other_inputs_and_lost_files_are_built_again()
    {
        int builds = 0;
        Artifact first = await GetAsync("a", () => builds++);
        await GetAsync("b", () => builds++);
        File.Delete(first.Path);
        await GetAsync("a", () => builds++);
        Assert.That(builds, Is.EqualTo(3));
    }

    [Test]
    public async Task A_damaged_record_is_built_again()
    {
        int builds = 0;
        await GetAsync("a", () => builds++);
        foreach (string record in Directory.EnumerateFiles(Path.Combine(_folder, "index")))
        {
            await File.WriteAllTextAsync(record, "{");
        }

        await GetAsync("a", () => builds++);
        Assert.That(builds, Is.EqualTo(2));
    }

    [Test]
    public async Task An_artifact_is_named_by_its_digest()
    {
        var store = new ArtifactStore(_folder);
        Artifact one = await store.PutAsync("part", new byte[] { 1 }, CancellationToken.None);
        Artifact again = await store.PutAsync("part", new byte[] { 1 }, CancellationToken.None);
        Assert.That(again, Is.EqualTo(one));
        Assert.That(await ArtifactStore.DescribeAsync(one.Path, CancellationToken.None), Is.EqualTo(one));
        Assert.That(one.Path, Does.EndWith(one.Sha256));
        Assert.That(one.Digest, Is.EqualTo("sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"));
    }

    private Task<Artifact> GetAsync(string input, Action built) =>
        new BuildIndex(Path.Combine(_folder, "index")).GetAsync<Artifact>(
            [input],
            artifact => [artifact],
            () =>
            {
                built();
                return new ArtifactStore(_folder).PutAsync("part", new byte[] { 1 }, CancellationToken.None);
            },
            CancellationToken.None
        );
}
