using System.Text.Json.Nodes;
using Lab.Controller.Rigs;
using Lab.Controller.Tests.Samples;
using NUnit.Framework;

namespace Lab.Controller.Tests.Rigs;

/// <summary>The JSON schema for editors and the reader say the same.</summary>
[TestFixture]
internal sealed class RigSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Checkout.Root, "schema", "rig.schema.json"))
    )!;

    private static IEnumerable<string> RigFiles => Directory.EnumerateFiles(Path.Combine(Checkout.Root, "rigs"), "*.yaml");

    [TestCaseSource(nameof(RigFiles))]
    public void Each_rig_that_ships_is_valid(string file)
    {
        RigReader.Read(file);
        Assert.That(new SchemaValidator(Schema).Validate(YamlJson.Read(File.ReadAllText(file))), Is.Empty);
    }

    [Test]
    public void Schema_and_reader_know_the_same_keys() => new SchemaValidator(Schema).AssertSame(Schema, RigSyntax.Rig, "rig");

    [TestCase("bord: 1")]
    [TestCase("rig: Bad Name")]
    [TestCase("network: { mode: bridge }")]
    [TestCase("network: auto")]
    [TestCase("services: { tuf: 'yes' }")]
    [TestCase("target: edge-node")]
    [TestCase("attestation: { pcrs: [16] }")]
    [TestCase("attestation: { pcrs: [1, 1] }")]
    [TestCase("boards: []")]
    [TestCase("boards: [{ name: a }]")]
    [TestCase("boards: [{ name: a, driver: qemu }]")]
    [TestCase("boards: [{ name: a, driver: qemu-virt, cpus: 9 }]")]
    [TestCase("boards: [{ name: a, driver: qemu-virt, memory: 512M }]")]
    [TestCase("boards: [{ name: a, driver: qemu-virt, mac: 1 }]")]
    public void What_the_reader_refuses_the_schema_refuses_too(string line)
    {
        string[] needed = ["rig: r", "boards: [{ name: a, driver: qemu-virt }]"];
        var key = line.Split(':')[0];
        var text = string.Join('\n', needed.Where(other => other.Split(':')[0] != key).Append(line));
        Assert.Multiple(() =>
        {
            Assert.That(() => RigReader.Parse(text, "r.yaml"), Throws.InstanceOf<Lab.Model.Errors.RigException>());
            Assert.That(new SchemaValidator(Schema).Validate(YamlJson.Read(text)), Is.Not.Empty);
        });
    }
}
