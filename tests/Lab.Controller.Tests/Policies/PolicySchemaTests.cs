using System.Text.Json.Nodes;
using Lab.Controller.Policies;
using Lab.Controller.Tests.Rigs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Errors;
using NUnit.Framework;

namespace Lab.Controller.Tests.Policies;

/// <summary>The JSON schema of policies for editors and the reader say the same.</summary>
[TestFixture]
internal sealed class PolicySchemaTests
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string Ak = "attestationKeys: ['000b" + Zeros + "']\n";
    private const string Good = "policy: p\n" + Ak + "pcrs: {8: ['" + Zeros + "']}\n";

    private static readonly JsonNode Schema = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Checkout.Root, "schema", "policy.schema.json"))
    )!;

    private static readonly SchemaValidator Validator = new(Schema);

    [Test]
    public void Schema_and_reader_know_the_same_keys()
    {
        Validator.AssertSame(Schema, PolicySyntax.Policy, "policy");
        Validator.AssertSame(Schema["$defs"]!["pcr"]!, PolicySyntax.Pcr, "pcr");
        Validator.AssertSame(Schema["$defs"]!["rule"]!, PolicySyntax.Rule, "rule");
    }

    [TestCase(Good)]
    [TestCase("{\"policy\": \"j\", \"attestationKeys\": [\"000b" + Zeros + "\"], \"pcrs\": {\"8\": [\"" + Zeros + "\"]}}")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {values: ['" + Zeros + "']}, 23: ['" + Zeros + "']}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{type: EV_IPL, text: x, optional: true}]}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {0: {events: [{version: {prefix: 'U-Boot ', minimum: 2023.01}}]}}\n")]
    public void What_the_reader_takes_the_schema_takes_too(string text)
    {
        PolicyReader.Parse(text, "p.yaml");
        Assert.That(Validator.Validate(YamlJson.Read(text)), Is.Empty);
    }

    [Test]
    public void The_policy_that_the_docs_show_is_one_by_the_schema()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "trust.md"));
        var begin = page.IndexOf("```yaml\npolicy:", StringComparison.Ordinal) + "```yaml\n".Length;
        var text = page[begin..page.IndexOf("\n```", begin, StringComparison.Ordinal)]
            .Replace("<sha256 of an EK certificate>", $"'{Zeros}'", StringComparison.Ordinal)
            .Replace("<digest>", $"'{Zeros}'", StringComparison.Ordinal)
            .Replace("[000b…]", $"['000b{Zeros}']", StringComparison.Ordinal)
            .Replace(", …]", "]", StringComparison.Ordinal);
        Assert.That(Validator.Validate(YamlJson.Read(text)), Is.Empty, text);
    }

    [TestCase("policies: p\n" + Ak)]
    [TestCase(Ak + "pcrs: {8: ['" + Zeros + "']}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: [8]\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {24: ['" + Zeros + "']}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: []}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: ['00']}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {values: ['" + Zeros + "'], events: []}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{}]}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{text: x, digests: ['" + Zeros + "']}]}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{digests: []}]}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{text: x, optional: maybe}]}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{version: {prefix: a}}]}}\n")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{version: {prefix: a, minimum: v1}}]}}\n")]
    [TestCase("policy: p\nattestationKeys: ['" + Zeros + "']\npcrs: {8: ['" + Zeros + "']}\n")]
    [TestCase(Good + "bank: sha1\n")]
    [TestCase(Good + "nodeKey: always\n")]
    [TestCase(Good + "denied: [all]\n")]
    [TestCase(Good + "verifiers: verifier.pub\n")]
    [TestCase(Good + "endorsement: {roots: [ca.pem]}\n")]
    [TestCase(Good + "endorsement: {roots: []}\nverifiers: [v.pub]\n")]
    public void What_the_reader_refuses_the_schema_refuses_too(string text) =>
        Assert.Multiple(() =>
        {
            Assert.That(() => PolicyReader.Parse(text, "p.yaml"), Throws.InstanceOf<RigException>());
            Assert.That(Validator.Validate(YamlJson.Read(text)), Is.Not.Empty);
        });
}
