using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.Tests.GitOps;

public sealed class ArtifactStoreTests
{
    private static readonly ObjectKey Source = new("a", "b");
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hwlab-artifacts-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_same_files_give_the_same_digest_and_come_out_as_they_went_in()
    {
        var store = new ArtifactStore(_folder);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["x/y"] = [1, 2],
            [string.Concat(Enumerable.Repeat("folder/", 50)) + "x"] = [],
            ["a"] = [3],
        };
        var first = await store.WriteAsync("GitRepository", Source, "main@sha1:1", "1", files, default);
        var second = await store.WriteAsync("GitRepository", Source, "main@sha1:2", "2", files, default);
        var target = Path.Combine(_folder, "out");
        await store.ExtractAsync(second, target, default);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.Digest, Is.EqualTo(first.Digest));
            Assert.That(second.Path, Is.EqualTo("gitrepository/a/b/2.tar.gz"));
            foreach (var (path, content) in files)
            {
                Assert.That(await File.ReadAllBytesAsync(Path.Combine(target, path)), Is.EqualTo(content));
            }
        }
    }

    [Test]
    public async Task An_artifact_that_was_altered_is_refused()
    {
        var store = new ArtifactStore(_folder);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["a"] = [1] };
        var artifact = await store.WriteAsync("GitRepository", Source, "main@sha1:1", "1", files, default);
        await File.AppendAllTextAsync(Path.Combine(_folder, artifact.Path), "x");
        Assert.That(
            async () => await store.ExtractAsync(artifact, Path.Combine(_folder, "out"), default),
            Throws.InstanceOf<SourceException>()
        );
    }

    [Test]
    public void A_path_out_of_the_store_is_refused() =>
        Assert.That(
            async () => await new ArtifactStore(_folder).HasAsync(new Artifact("../../etc/passwd", "", "", "", 0), default),
            Throws.InstanceOf<SourceException>()
        );
}
