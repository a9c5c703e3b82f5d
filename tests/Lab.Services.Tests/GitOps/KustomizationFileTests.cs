using System.Text.Json.Nodes;
using Lab.Services.GitOps.Build;

namespace Lab.Services.Tests.GitOps;

public sealed class KustomizationFileTests
{
    private static readonly BuildSpec Plain = BuildSpec.Read([]);
    private string _root = "";

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("hwlab-build-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Without_one_it_is_made_of_all_manifests_below()
    {
        Write("a.yaml", "a: 1");
        Write("sub/b.yml", "b: 1");
        Write("over/kustomization.yaml", "resources: [c.yaml]");
        Write("over/c.yaml", "c: 1");
        Write("README.md", "no manifest");
        new KustomizationFile(_root).Prepare(_root, Plain);
        Assert.That(
            Read("kustomization.yaml")["resources"]!.ToJsonString(),
            Is.EqualTo("""["./a.yaml","./over","./sub/b.yml"]""")
        );
    }

    [Test]
    public void What_the_object_says_is_added()
    {
        Write("kustomization.yml", "resources: [a.yaml]\nimages: [{name: x, newTag: '1'}, {name: y, newTag: '1'}]");
        Write("a.yaml", "a: 1");
        var spec = BuildSpec.Read(
            JsonNode
                .Parse(
                    """
                    {"targetNamespace":"t","namePrefix":"p-","images":[{"name":"x","newTag":"2"}],"patches":[{"patch":"[]","target":{"kind":"A"}}]}
                    """
                )!
                .AsObject()
        );
        new KustomizationFile(_root).Prepare(_root, spec);
        var made = Read("kustomization.yaml");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.Exists(Path.Combine(_root, "kustomization.yml")), Is.False);
            Assert.That(made["namespace"]!.GetValue<string>(), Is.EqualTo("t"));
            Assert.That(made["namePrefix"]!.GetValue<string>(), Is.EqualTo("p-"));
            Assert.That(made["images"]!.ToJsonString(), Is.EqualTo("""[{"name":"y","newTag":"1"},{"name":"x","newTag":"2"}]"""));
            Assert.That(made["patches"]!.AsArray(), Has.Count.EqualTo(1));
        }
    }

    [TestCase("resources: ['https://test.invalid/a.yaml']")]
    [TestCase("resources: ['github.com/a/b?ref=main']")]
    [TestCase("resources: ['git@test.invalid:a/b.git']")]
    [TestCase("resources: ['../../etc/passwd']")]
    [TestCase("resources: [/etc/passwd]")]
    [TestCase("resources: [missing.yaml]")]
    [TestCase("bases: ['https://test.invalid/a']")]
    [TestCase("components: ['https://test.invalid/a']")]
    [TestCase("crds: ['https://test.invalid/a.json']")]
    [TestCase("patches: [{path: 'https://test.invalid/a.yaml'}]")]
    [TestCase("patchesStrategicMerge: ['https://test.invalid/a.yaml']")]
    [TestCase("replacements: [{path: /etc/hostname}]")]
    [TestCase("openapi: {path: 'https://test.invalid/a.json'}")]
    [TestCase("configMapGenerator: [{name: a, files: ['k=/etc/passwd']}]")]
    [TestCase("secretGenerator: [{name: a, envs: ['../x']}]")]
    [TestCase("helmCharts: [{name: a, repo: 'https://test.invalid'}]")]
    public void What_is_not_in_the_artifact_is_refused(string content)
    {
        Write("kustomization.yaml", content);
        Assert.That(() => new KustomizationFile(_root).Prepare(_root, Plain), Throws.InstanceOf<BuildException>());
    }

    [Test]
    public void What_a_base_names_is_looked_at_too()
    {
        Write("over/kustomization.yaml", "resources: [../base]");
        Write("base/kustomization.yaml", "resources: ['https://test.invalid/a.yaml']");
        Assert.That(
            () => new KustomizationFile(_root).Prepare(Path.Combine(_root, "over"), Plain),
            Throws.InstanceOf<BuildException>().With.Message.StartsWith("base/kustomization.yaml names")
        );
    }

    [TestCase(".", true)]
    [TestCase("./a/../b", true)]
    [TestCase("..", false)]
    [TestCase("a/../../b", false)]
    [TestCase("/etc", false)]
    [TestCase("https://test.invalid/", false)]
    public void Paths_stay_within(string path, bool isWithin) =>
        Assert.That(KustomizationFile.Join(_root, _root, path) is not null, Is.EqualTo(isWithin));

    private void Write(string path, string content)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    private JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(Path.Combine(_root, path)))!.AsObject();
}
