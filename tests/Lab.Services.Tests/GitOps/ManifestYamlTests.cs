using System.Text;
using Lab.Services.GitOps.Build;

namespace Lab.Services.Tests.GitOps;

public sealed class ManifestYamlTests
{
    [TestCase("a: 1", """{"a":1}""")]
    [TestCase("a: 0644", """{"a":420}""")]
    [TestCase("a: 0o17", """{"a":15}""")]
    [TestCase("a: 0x1F", """{"a":31}""")]
    [TestCase("a: -3", """{"a":-3}""")]
    [TestCase("a: 1_000", """{"a":1000}""")]
    [TestCase("a: 1.5", """{"a":1.5}""")]
    [TestCase("a: 1e3", """{"a":1000}""")]
    [TestCase("a: 08", """{"a":8}""")]
    [TestCase("a: yes", """{"a":"yes"}""")]
    [TestCase("a: on", """{"a":"on"}""")]
    [TestCase("a: true", """{"a":true}""")]
    [TestCase("a: \"true\"", """{"a":"true"}""")]
    [TestCase("a: '1'", """{"a":"1"}""")]
    [TestCase("a: ~", """{"a":null}""")]
    [TestCase("a:", """{"a":null}""")]
    [TestCase("a: 10m", """{"a":"10m"}""")]
    [TestCase("a: 1.2.3", """{"a":"1.2.3"}""")]
    [TestCase("a:\n-", """{"a":[null]}""")]
    [TestCase("a: .inf", """{"a":".inf"}""")]
    [TestCase("a: 2026-01-01", """{"a":"2026-01-01"}""")]
    [TestCase("a: |\n  x\n  y\n", """{"a":"x\ny\n"}""")]
    [TestCase("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [TestCase("a: &x {b: 1, d: 2}\nc:\n  <<: *x\n  d: 3", """{"a":{"b":1,"d":2},"c":{"d":3,"b":1}}""")]
    public void Values_are_read_as_Kubernetes_tools_read_them(string yaml, string json) =>
        Assert.That(ManifestYaml.Parse(yaml).Single().ToJsonString(), Is.EqualTo(json));

    [Test]
    public void Empty_documents_are_left_out() =>
        Assert.That(ManifestYaml.Parse("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n"), Has.Count.EqualTo(2));

    [TestCase("a: [")]
    [TestCase("a: 1\na: 2")]
    [TestCase("*nothing")]
    [TestCase("? [a]\n: b")]
    [TestCase("a: b: c")]
    public void What_is_no_YAML_is_refused(string yaml) =>
        Assert.That(() => ManifestYaml.Parse(yaml), Throws.InstanceOf<BuildException>());

    [Test]
    public void Depth_is_bounded() =>
        Assert.That(() => ManifestYaml.Parse(new string('[', 100_000)), Throws.InstanceOf<BuildException>());

    [Test]
    public void Aliases_of_aliases_are_bounded()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (var level = 1; level < 12; level++)
        {
            bomb.Append($"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        }

        Assert.That(() => ManifestYaml.Parse(bomb.ToString()), Throws.InstanceOf<BuildException>());
    }

    [FsCheck.NUnit.Property]
    public void No_text_ends_in_anything_but_documents_or_a_refusal(string? text)
    {
        try
        {
            ManifestYaml.Parse(text ?? "");
        }
        catch (BuildException)
        {
            // As it should.
        }
    }
}
