using System.Text.Json.Nodes;
using Lab.Controller.Rigs;
using Lab.Controller.Tests.Samples;
using Lab.Hardware.Consoles;
using Lab.Hardware.Power;
using Lab.Hardware.Settings;
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

    [Test]
    public void Schema_and_reader_know_the_same_keys_of_templates_and_drivers()
    {
        new SchemaValidator(Schema).AssertSame(Schema["$defs"]!["template"]!, RigSyntax.Template, "template");
        AssertDrivers("power", PowerDrivers.Syntaxes);
        AssertDrivers("consoleSection", ConsoleDrivers.Syntaxes);
    }

    [TestCase("bord: 1")]
    [TestCase("templates: [a]")]
    [TestCase("templates: { a: { drivr: wired } }")]
    [TestCase("network: { interface: 'eth 1' }")]
    [TestCase("boards: [{ name: a, driver: wired, mac: '02:00:00:00:00:01', power: { driver: magic } }]")]
    [TestCase("boards: [{ name: a, driver: wired, mac: '02:00:00:00:00:01', console: [] }]")]
    [TestCase("boards: [{ name: a, driver: wired, mac: '02:00:00:00:00:01', console: { driver: serial, devise: a } }]")]
    [TestCase("boards: [{ name: a, driver: wired, mac: '02:00:00:00:00:01', tpm: { file: a } }]")]
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

    private static void AssertDrivers(string definition, IReadOnlyList<DriverSyntax> drivers)
    {
        var properties = Schema["$defs"]![definition]!["properties"]!.AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(
                properties.Select(property => property.Key),
                Is.EquivalentTo(
                    drivers
                        .SelectMany(driver => driver.Keys)
                        .Select(key => key.Name)
                        .Append("driver")
                        .Distinct(StringComparer.Ordinal)
                )
            );
            Assert.That(
                properties["driver"]!["enum"]!.AsArray().Select(name => (string)name!),
                Is.EquivalentTo(drivers.Select(driver => driver.Name))
            );
        });
    }
}
