using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Attestation;

/// <summary>Kept evidence judged by a policy: values, events, deny lists, versions, keys and statements.</summary>
internal sealed class OfflineVerifierTests
{
    private static readonly TpmAlgorithm Bank = TpmAlgorithm.Sha256;
    private static readonly DateTimeOffset Now = TestEndorsementCa.Now;
    private static readonly EventRule Version = new(
        LogEventType.SCrtmVersion,
        [],
        Version: new VersionFloor("U-Boot ", "2023.01")
    );
    private static readonly EventRule Kernel = new(
        LogEventType.Ipl,
        [SHA256.HashData("kernel 1"u8), SHA256.HashData("kernel 2"u8)]
    );
    private static readonly EventRule Separator = new(LogEventType.Separator, [SHA256.HashData(new byte[4])]);
    private static readonly EventRule Leave = new(LogEventType.EfiAction, [], Text: "Exit", IsOptional: true);

    private readonly byte[] nonce = RandomNumberGenerator.GetBytes(32);
    private SoftwareQuote ak = null!;
    private TestEndorsementCa ca = null!;
    private StatementSigner verifier = null!;

    [OneTimeSetUp]
    public void MakeKeys()
    {
        ak = new SoftwareQuote();
        ca = new TestEndorsementCa();
        verifier = StatementSigner.Create();
    }

    [OneTimeTearDown]
    public void ForgetKeys()
    {
        ak.Dispose();
        ca.Dispose();
        verifier.Dispose();
    }

    [TestCase("kernel 1")]
    [TestCase("kernel 2")]
    public void Events_of_the_policy_are_accepted(string kernel)
    {
        var appraisal = Judge(Evidence(Log(kernel: kernel)));
        Assert.That(appraisal.IsTrusted, Is.True, appraisal.Denial?.Detail);
        Assert.That(appraisal.Claims.Select(claim => claim.Name), Does.Contain("pcr-8").And.Contain("pcr-0"));
    }

    [Test]
    public void An_optional_event_may_be_there_or_not()
    {
        var with = new EventLogWriter(Log()).AppendMeasured(8, LogEventType.EfiAction, "Exit"u8, "Exit"u8).ToArray();
        Assert.That(Judge(Evidence(with)).IsTrusted, Is.True);
        var other = new EventLogWriter(Log()).AppendMeasured(8, LogEventType.EfiAction, "Enter"u8, "Enter"u8).ToArray();
        Refused(Evidence(other), DenialCodes.ReferenceValue, "one event more", 8);
    }

    [Test]
    public void Another_kernel_more_events_fewer_or_reordered_ones_are_refused()
    {
        Refused(Evidence(Log(kernel: "kernel 3")), DenialCodes.ReferenceValue, "has the digest", 8);
        var twice = new EventLogWriter(Log()).AppendMeasured(8, LogEventType.Ipl, "kernel 1"u8, []).ToArray();
        Refused(Evidence(twice), DenialCodes.ReferenceValue, "one event more", 8);
        var first = Begin("U-Boot 2023.01").AppendMeasured(8, LogEventType.Ipl, "kernel 1"u8, []).ToArray();
        Refused(Evidence(first), DenialCodes.ReferenceValue, "no event for EV_SEPARATOR", 8);
        var reversed = Begin("U-Boot 2023.01")
            .AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4])
            .AppendMeasured(8, LogEventType.Ipl, "kernel 1"u8, [])
            .ToArray();
        Refused(Evidence(reversed), DenialCodes.ReferenceValue, "of another type", 8);
    }

    [TestCase("U-Boot 2023.01", true)]
    [TestCase("U-Boot 2023.01+dfsg-2 (Jan 01)", true)]
    [TestCase("U-Boot 2023.04.1", true)]
    [TestCase("U-Boot 2024", true)]
    [TestCase("U-Boot 2022.10", false)]
    [TestCase("U-Boot 2023", false)]
    [TestCase("U-Boot ", false)]
    [TestCase("U-Boot v2024", false)]
    [TestCase("u-boot 2024", false)]
    [TestCase("Evil U-Boot 2024", false)]
    [TestCase("U-Boot 99999999999999999999", false)]
    [TestCase("U-Boot 2024.1.1.1.1.1.1.1.1.1.1", false)]
    public void Versions_below_the_floor_are_refused(string version, bool isAllowed) =>
        Assert.That(Judge(Evidence(Log(version: version))).IsTrusted, Is.EqualTo(isAllowed));

    [Test]
    public void A_text_that_was_not_measured_does_not_count()
    {
        var log = new EventLogWriter(Bank)
            .AppendMeasured(0, LogEventType.SCrtmVersion, "U-Boot 2020.01"u8, "U-Boot 2024.01"u8)
            .AppendMeasured(8, LogEventType.Ipl, "kernel 1"u8, [])
            .AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4])
            .ToArray();
        Refused(Evidence(log), DenialCodes.ReferenceValue, "not one of its data", 0);
    }

    [Test]
    public void A_relabelled_event_is_refused()
    {
        // The same digests in the same order, so that the PCR has the good value: only the label was changed.
        var log = Begin("U-Boot 2023.01")
            .AppendMeasured(8, LogEventType.Action, "kernel 1"u8, "hwlab:kernel"u8)
            .AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4])
            .ToArray();
        Assert.That(EventLog.Parse(log).Replay(Bank)[8].SequenceEqual(EventLog.Parse(Log()).Replay(Bank)[8]), Is.True);
        Refused(Evidence(log), DenialCodes.ReferenceValue, "of another type", 8);
    }

    [Test]
    public void A_denied_digest_is_refused_though_a_rule_allows_it()
    {
        var events = Events() with
        {
            DeniedDigests = new HashSet<string>(StringComparer.Ordinal)
            {
                Convert.ToHexStringLower(SHA256.HashData("kernel 1"u8)),
            },
        };
        Refused(Evidence(Log()), DenialCodes.DeniedDigest, "denies", 8, Policy(events));
        Assert.That(Judge(Evidence(Log(kernel: "kernel 2")), Policy(events)).IsTrusted, Is.True);
        var value = EventLog.Parse(Log()).Replay(Bank)[8];
        var byValue = Events() with
        {
            DeniedDigests = new HashSet<string>(StringComparer.Ordinal) { Convert.ToHexStringLower(value) },
        };
        Refused(Evidence(Log()), DenialCodes.DeniedDigest, "a value", 8, Policy(byValue));
    }

    [Test]
    public void A_TPM_with_old_firmware_is_refused()
    {
        Assert.That(Judge(Evidence(Log()), Policy(Events() with { MinimumTpmFirmware = 0x2024_0101 })).IsTrusted, Is.True);
        Refused(
            Evidence(Log()),
            DenialCodes.TpmFirmware,
            "older",
            policy: Policy(Events() with { MinimumTpmFirmware = 0x2024_0102 })
        );
    }

    [Test]
    public void Another_attestation_key_is_refused()
    {
        using var other = new SoftwareQuote();
        var log = Log();
        var evidence = Evidence(log) with { Identity = new IdentityEvidence([], [], other.Public.ToSizedBytes()) };
        Refused(evidence, DenialCodes.KeyUnknown, "not one of the policy's");
        Refused(
            evidence with
            {
                Identity = new IdentityEvidence([], [], []),
            },
            DenialCodes.AkAttributes,
            "not an attestation key"
        );
    }

    [Test]
    public void Kept_evidence_with_the_verifiers_statement_is_accepted_for_then_and_not_for_now()
    {
        var evidence = Endorsed();
        var statement = verifier.Sign(Statement(evidence));
        var policy = EndorsedPolicy();
        Assert.Multiple(() =>
        {
            var then = OfflineVerifier.Appraise(evidence, statement, policy, at: null, Now.AddYears(5));
            Assert.That(then.IsTrusted, Is.True, then.Denial?.Detail);
            Assert.That(
                then.Claims.Select(claim => claim.Name),
                Is.SupersetOf(new[] { "statement", "ak-activation", "ek-certificate", "ak-attributes", "nonce", "pcr-8" })
            );
            Assert.That(
                OfflineVerifier.Appraise(evidence, statement, policy, Now.AddYears(5), Now).Denial?.Code,
                Is.EqualTo(DenialCodes.Statement)
            );
        });
    }

    [Test]
    public void Without_a_trusted_statement_about_just_this_evidence_it_is_refused()
    {
        using var stranger = StatementSigner.Create();
        var evidence = Endorsed();
        var good = Statement(evidence);
        var unactivated = good with { Claims = [new Claim("nonce", ClaimVerdict.Pass, "yes")] };
        var less = good with { Evidence = good.Evidence.Skip(1).ToDictionary(StringComparer.Ordinal) };
        var more = good with
        {
            Evidence = new Dictionary<string, string>(good.Evidence, StringComparer.Ordinal) { ["x"] = good.PolicySha256 },
        };
        Assert.Multiple(() =>
        {
            Assert.That(JudgeEndorsed(evidence, null)?.Code, Is.EqualTo(DenialCodes.Statement));
            Assert.That(JudgeEndorsed(evidence, stranger.Sign(good))?.Code, Is.EqualTo(DenialCodes.Statement));
            Assert.That(
                JudgeEndorsed(evidence with { Nonce = new byte[32] }, verifier.Sign(good))?.Code,
                Is.EqualTo(DenialCodes.Statement)
            );
            Assert.That(JudgeEndorsed(evidence, verifier.Sign(unactivated))?.Code, Is.EqualTo(DenialCodes.ActivationFailed));
            Assert.That(JudgeEndorsed(evidence, verifier.Sign(less))?.Code, Is.EqualTo(DenialCodes.Statement));
            Assert.That(JudgeEndorsed(evidence, verifier.Sign(more))?.Code, Is.EqualTo(DenialCodes.Statement));
        });
    }

    [Test]
    public void A_TPM_that_the_policy_does_not_name_or_denies_is_refused()
    {
        var evidence = Endorsed();
        var statement = verifier.Sign(Statement(evidence));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(evidence.Identity.EkCertificate));
        HashSet<string> ours = [fingerprint];
        var others = EndorsedPolicy() with { AllowedEks = new HashSet<string>(StringComparer.Ordinal) };
        var denied = EndorsedPolicy() with { Endorsement = ca.Trust with { DeniedFingerprints = ours } };
        Assert.Multiple(() =>
        {
            Assert.That(JudgeEndorsed(evidence, statement, EndorsedPolicy() with { AllowedEks = ours }), Is.Null);
            Assert.That(JudgeEndorsed(evidence, statement, others)?.Code, Is.EqualTo(DenialCodes.KeyUnknown));
            Assert.That(JudgeEndorsed(evidence, statement, denied)?.Code, Is.EqualTo(DenialCodes.EkUntrusted));
        });
    }

    [Test]
    public void A_policy_that_leaves_out_what_counts_is_none()
    {
        HashSet<string> names = ["00"];
        var none = new Dictionary<int, IReadOnlyList<byte[]>>();
        var twice = new Dictionary<int, IReadOnlyList<byte[]>> { [8] = [new byte[32]] };
        Assert.Multiple(() =>
        {
            Assert.That(() => AppraisalPolicy.Create("p", Bank, none, new EventPolicy(), akNames: names), Bad("no PCR"));
            Assert.That(() => AppraisalPolicy.Create("p", Bank, twice, Events(), akNames: names), Bad("PCR 8"));
            Assert.That(() => AppraisalPolicy.Create("p", Bank, none, Events()), Bad("whose"));
            Assert.That(() => AppraisalPolicy.Create("p", Bank, none, Events(), endorsement: ca.Trust), Bad("whose"));
        });
    }

    [Test]
    public void A_folder_of_evidence_reads_back_as_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("hwlab-evidence-");
        try
        {
            var pcrs = new Dictionary<int, byte[]> { [0] = new byte[32], [8] = SHA256.HashData("x"u8) };
            var endorsed = Endorsed();
            var evidence = endorsed with { Quote = endorsed.Quote! with { Pcrs = pcrs }, NodeKeySha256 = new byte[32] };
            foreach (var (name, content) in evidence.ToFiles())
            {
                File.WriteAllBytes(Path.Combine(folder.FullName, name), content);
            }

            var read = EvidenceBundle.Read(folder.FullName);
            Assert.That(read.ToDigests(), Is.EqualTo(evidence.ToDigests()));
            Assert.That(read.ToDigests(), Has.Count.EqualTo(9));
            Assert.That(EvidenceBundle.ReadStatement(folder.FullName), Is.Null);
            File.WriteAllText(Path.Combine(folder.FullName, "pcrs.json"), "{\"8\":null}");
            Assert.That(() => EvidenceBundle.Read(folder.FullName), Throws.InstanceOf<EvidenceException>());
            File.WriteAllBytes(Path.Combine(folder.FullName, "pcrs.json"), new byte[100_000]);
            Assert.That(() => EvidenceBundle.Read(folder.FullName), Throws.InstanceOf<EvidenceException>());
            File.Delete(Path.Combine(folder.FullName, "quote.bin"));
            Assert.That(() => EvidenceBundle.Read(folder.FullName), Throws.InstanceOf<EvidenceException>());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static EventLogWriter Begin(string version) =>
        new EventLogWriter(Bank).AppendMeasured(
            0,
            LogEventType.SCrtmVersion,
            Encoding.UTF8.GetBytes(version),
            Encoding.UTF8.GetBytes(version)
        );

    private static byte[] Log(string kernel = "kernel 1", string version = "U-Boot 2023.01") =>
        Begin(version)
            .AppendMeasured(8, LogEventType.Ipl, Encoding.UTF8.GetBytes(kernel), "hwlab:kernel"u8)
            .AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4])
            .ToArray();

    private static EventPolicy Events() =>
        new()
        {
            Rules = new Dictionary<int, IReadOnlyList<EventRule>> { [0] = [Version], [8] = [Kernel, Separator, Leave] },
        };

    private AppraisalPolicy Policy(EventPolicy? events = null) =>
        AppraisalPolicy.Create(
            "a test's",
            Bank,
            new Dictionary<int, IReadOnlyList<byte[]>>(),
            events ?? Events(),
            akNames: new HashSet<string>(StringComparer.Ordinal) { Convert.ToHexStringLower(ak.Public.ComputeName()) }
        );

    private AppraisalPolicy EndorsedPolicy() =>
        AppraisalPolicy.Create(
            "a test's",
            Bank,
            new Dictionary<int, IReadOnlyList<byte[]>>(),
            Events(),
            endorsement: ca.Trust,
            verifierKeys: [verifier.PublicKeyPem]
        );

    private EvidenceBundle Evidence(byte[] log)
    {
        var selection = PcrSelection.Of(Bank, 0, 8);
        var values = EventLog.Parse(log).Replay(selection);
        var attest = SoftwareQuote.Attest(nonce, selection, values.ComputeDigest(selection, Bank));
        var quote = new QuoteEvidence(attest, ak.Sign(attest), log);
        return new EvidenceBundle(new IdentityEvidence([], [], ak.Public.ToSizedBytes()), nonce, quote);
    }

    private EvidenceBundle Endorsed() =>
        Evidence(Log()) with
        {
            Identity = new IdentityEvidence(ca.Certify(), ca.EkPublic.ToSizedBytes(), ak.Public.ToSizedBytes()),
        };

    private static AppraisalStatement Statement(EvidenceBundle evidence) =>
        new(
            "test",
            "virt-1",
            [new Claim("ak-activation", ClaimVerdict.Pass, "seen")],
            null,
            evidence.ToDigests(),
            Convert.ToHexStringLower(new byte[32]),
            Now,
            Now.AddMinutes(5)
        );

    private Denial? JudgeEndorsed(EvidenceBundle evidence, byte[]? statement, AppraisalPolicy? policy = null) =>
        OfflineVerifier.Appraise(evidence, statement, policy ?? EndorsedPolicy(), at: null, Now).Denial;

    private Appraisal Judge(EvidenceBundle evidence, AppraisalPolicy? policy = null) =>
        OfflineVerifier.Appraise(evidence, null, policy ?? Policy(), at: null, Now);

    private void Refused(EvidenceBundle evidence, string code, string why, int? pcr = null, AppraisalPolicy? policy = null)
    {
        var appraisal = Judge(evidence, policy);
        Assert.Multiple(() =>
        {
            Assert.That(appraisal.IsTrusted, Is.False);
            Assert.That(appraisal.Denial?.Code, Is.EqualTo(code), appraisal.Denial?.Detail);
            Assert.That(appraisal.Denial?.Detail, Does.Contain(why));
            Assert.That(appraisal.Denial?.Pcr, Is.EqualTo(pcr));
        });
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Bad(string why) =>
        Throws.InstanceOf<ReferenceValuesException>().With.Message.Contains(why);
}
