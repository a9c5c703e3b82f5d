using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.Controller.Policies;
using Lab.Controller.Tests.Samples;
using Lab.Model.Errors;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Controller.Tests.Policies;

/// <summary>Policies, and every way not to write one: each error says where.</summary>
[TestFixture]
internal sealed class PolicyReaderTests
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string Ak = "attestationKeys: [000b" + Zeros + "]\n";

    private TemporaryFolder _folder = null!;
    private string _file = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _file = _folder.Write("policy.yaml", "");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=rig", key, HashAlgorithmName.SHA256);
        using var root = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        _folder.Write("ca.pem", root.ExportCertificatePem());
        using var signer = StatementSigner.Create();
        _folder.Write("verifier.pub", signer.PublicKeyPem);
        _folder.Write("firmware.bin", "firmware");
        var values = new Dictionary<int, IReadOnlyList<byte[]>> { [11] = [new byte[32]] };
        File.WriteAllBytes(Path.Combine(_folder.Root, "reference.json"), new ReferenceValues("r", values).ToJson());
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void I_can_write_a_whole_policy()
    {
        var policy = Parse(
            $"""
            policy: fleet
            endorsement:
              roots: [ca.pem]
              allowed: [{Zeros}]
              denied: [{Zeros}]
              minimumFirmware: 0x2019102300163636
            verifiers: [verifier.pub]
            nodeKey: required
            firmware: firmware.bin
            reference: reference.json
            denied: [{Zeros}]
            pcrs:
              0:
                events:
                  - type: EV_S_CRTM_VERSION
                    version: {"{"} prefix: "U-Boot ", minimum: 2023.01 {"}"}
                  - type: EV_SEPARATOR
                    digests: ["{Zeros}"]
                    optional: true
              4: ["{Zeros}", "{Zeros}"]
              7:
                values: ["{Zeros}"]
            """
        );
        Assert.Multiple(() =>
        {
            Assert.That(policy.Name, Is.EqualTo("fleet"));
            Assert.That(policy.Reference.Pcrs.Keys, Is.EqualTo(new[] { 4, 7, 11 }));
            Assert.That(policy.Reference.Pcrs[4], Has.Count.EqualTo(2));
            Assert.That(
                policy.Reference.Pcr0Start,
                Is.EqualTo(HardwareCrtm.StartValue(TpmAlgorithm.Sha256, SHA256.HashData("firmware"u8)))
            );
            Assert.That(policy.Events.Rules[0], Has.Count.EqualTo(2));
            Assert.That(policy.Events.Rules[0][0].Version, Is.EqualTo(new VersionFloor("U-Boot ", "2023.01")));
            Assert.That(policy.Events.Rules[0][1].IsOptional, Is.True);
            Assert.That(policy.Events.MinimumTpmFirmware, Is.EqualTo(0x2019102300163636));
            Assert.That(policy.Events.DeniedDigests, Is.EqualTo(new[] { Zeros }));
            Assert.That(policy.Endorsement?.Roots, Has.Count.EqualTo(1));
            Assert.That(policy.AllowedEks, Is.EqualTo(new[] { Zeros }));
            Assert.That(policy.AkNames, Is.Null);
            Assert.That(policy.VerifierKeys, Has.Count.EqualTo(1));
            Assert.That(policy.RequiresNodeKey, Is.True);
        });
    }

    [Test]
    public void JSON_is_a_way_to_write_it()
    {
        var policy = Parse(
            $$$"""{"policy": "j", "bank": "sha384", "attestationKeys": ["000b{{{Zeros}}}"], "pcrs": {"8": ["{{{Zeros}}}{{{Zeros[..32]}}}"]}}"""
        );
        Assert.That(policy.Reference.Bank, Is.EqualTo(TpmAlgorithm.Sha384));
        Assert.That(policy.AkNames, Is.EqualTo(new[] { "000b" + Zeros }));
    }

    [TestCase("pcrs: {8: ['00']}\n", "1:1", "policy", TestName = "no name")]
    [TestCase("policy: p\npcrz: {}\n", "2:1", "is it 'pcrs'", TestName = "a slip")]
    [TestCase("policy: p\n" + Ak, "1:1", "no PCR", TestName = "nothing judged")]
    [TestCase("policy: p\npcrs: {8: ['" + Zeros + "']}\n", "1:1", "whose", TestName = "nobody's key")]
    [TestCase("policy: p\n" + Ak + "pcrs: [8]\n", "3:7", "'pcrs'", TestName = "a list of PCRs")]
    [TestCase("policy: p\n" + Ak + "pcrs: {24: ['" + Zeros + "']}\n", "3:8", "24", TestName = "PCR 24")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: []}\n", "3:11", "no value", TestName = "a PCR without a value")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: ['00']}\n", "3:12", "a digest cannot be '00'", TestName = "a short digest")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: [null, {}]}\n", "3:12", "a digest cannot be", TestName = "no digest")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {}}\n", "3:11", "either 'values' or 'events'", TestName = "neither")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {values: [], events: []}}\n", "3:11", "either", TestName = "both")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{}]}}\n", "3:21", "one of 'digests'", TestName = "an empty rule")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{digests: []}]}}\n", "3:31", "nothing pass", TestName = "no digests")]
    [TestCase("policy: p\n" + Ak + "pcrs: {8: {events: [{text: x, type: EV_X}]}}\n", "3:37", "EV_X", TestName = "no type")]
    [TestCase(
        "policy: p\n" + Ak + "pcrs: {8: {events: [{version: {prefix: a, minimum: v1}}]}}\n",
        "3:52",
        "not a version",
        TestName = "no version"
    )]
    [TestCase("policy: p\n" + Ak + "reference: none.json\n", "3:12", "none.json", TestName = "a missing file")]
    [TestCase("policy: p\n" + Ak + "reference: ca.pem\n", "3:12", "reference values", TestName = "another file")]
    [TestCase("policy: p\n" + Ak + "reference: reference.json\nbank: sha384\n", "4:7", "Sha384", TestName = "another bank")]
    [TestCase("policy: p\n" + Ak + "bank: sha1\n", "3:7", "sha256, sha384, sha512", TestName = "SHA-1")]
    [TestCase(
        "policy: p\n" + Ak + "reference: reference.json\npcrs: {11: ['" + Zeros + "']}\n",
        "4:8",
        "judged twice",
        TestName = "twice"
    )]
    [TestCase("policy: p\nattestationKeys: ['" + Zeros + "']\n", "2:19", "attestationKeys", TestName = "a digest for a name")]
    [TestCase("policy: p\nendorsement: {roots: [ca.pem]}\n", "2:14", "verifier", TestName = "no verifier")]
    [TestCase(
        "policy: p\nendorsement: {roots: []}\nverifiers: [verifier.pub]\nreference: reference.json\n",
        "2:22",
        "no root",
        TestName = "no root"
    )]
    [TestCase("policy: p\nverifiers: [ca.pem]\nreference: reference.json\n", "2:13", "PEM", TestName = "a certificate for a key")]
    [TestCase(
        "policy: p\nendorsement: {roots: [verifier.pub]}\nverifiers: [verifier.pub]\nreference: reference.json\n",
        "2:",
        "",
        TestName = "a key for a root"
    )]
    [TestCase("policy: &a p\n", "1:9", "anchors", TestName = "an anchor")]
    public void What_is_no_policy_is_refused_with_its_place(string text, string place, string why)
    {
        var error = Assert.Throws<RigException>(() => Parse(text))!;
        Assert.That(error.Message, Does.Contain($"policy.yaml:{place}").And.Contain(why));
    }

    [Test]
    public void Spoilt_policies_end_in_one_kind_of_error()
    {
        var good = "policy: p\n" + Ak + "pcrs: {8: {events: [{type: EV_IPL, text: x}]}, 4: ['" + Zeros + "']}\n";
        var random = new Random(4);
        for (var i = 0; i < 2000; i++)
        {
            var text = good.ToCharArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                text[random.Next(text.Length)] = (char)random.Next(9, 127);
            }

            try
            {
                Parse(new string(text));
            }
            catch (RigException)
            {
                // The one kind of error.
            }
        }
    }

    private AppraisalPolicy Parse(string text) => PolicyReader.Parse(text, _file);
}
