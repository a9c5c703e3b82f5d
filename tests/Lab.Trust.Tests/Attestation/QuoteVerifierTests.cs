using System.Security.Cryptography;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Attestation;

internal sealed class QuoteVerifierTests
{
    private static readonly TpmAlgorithm Bank = TpmAlgorithm.Sha256;
    private static readonly byte[] Start = HardwareCrtm.StartValue(Bank, SHA256.HashData("firmware"u8));
    private static readonly PcrSelection Selection = PcrSelection.Of(Bank, 0, 4, 8);

    private readonly byte[] nonce = RandomNumberGenerator.GetBytes(32);
    private SoftwareQuote ak = null!;

    [OneTimeSetUp]
    public void MakeKey() => ak = new SoftwareQuote();

    [OneTimeTearDown]
    public void ForgetKey() => ak.Dispose();

    [Test]
    public void A_good_quote_passes_every_claim()
    {
        foreach (var evidence in new[] { Evidence(Log()), Evidence(Log(), states: true) })
        {
            var appraisal = Appraise(evidence);
            Assert.That(appraisal.IsTrusted, Is.True, appraisal.Denial?.Detail);
            Assert.That(appraisal.Clock?.ResetCount, Is.EqualTo(7));
            Assert.That(appraisal.Claims.Select(claim => claim.Name), Does.Contain("pcr-8").And.Contain("log-replay"));
            Assert.That(appraisal.Claims.Select(claim => claim.Name), Is.Unique);
        }
    }

    [Test]
    public void What_was_not_reached_is_not_passed()
    {
        var appraisal = Appraise(Evidence(Log(), answering: new byte[32]));
        Assert.That(
            appraisal.Claims.Where(claim => claim.Name.StartsWith("pcr-", StringComparison.Ordinal)),
            Has.All.Property("Verdict").EqualTo(ClaimVerdict.NotChecked)
        );
        Assert.That(appraisal.Claims, Has.Count.EqualTo(9 + 3));
    }

    [Test]
    public void An_old_quote_a_nonce_prefix_and_a_longer_nonce_are_refused()
    {
        Refused(Evidence(Log(), answering: RandomNumberGenerator.GetBytes(32)), DenialCodes.Nonce);
        Refused(Evidence(Log(), answering: nonce[..16]), DenialCodes.Nonce);
        Refused(Evidence(Log(), answering: [.. nonce, 0]), DenialCodes.Nonce);
        Refused(Evidence(Log(), answering: []), DenialCodes.Nonce);
    }

    [Test]
    public void A_challenge_with_a_short_nonce_is_never_met()
    {
        var evidence = Evidence(Log(), answering: nonce[..8]);
        var challenge = new QuoteChallenge(ak.Public, nonce[..8], Reference());
        Assert.That(QuoteVerifier.Appraise(evidence, challenge).Denial?.Code, Is.EqualTo(DenialCodes.Nonce));
    }

    [Test]
    public void A_node_key_is_bound_into_the_quote()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var appraisal = Appraise(Evidence(Log(), answering: NodeKeyBinding.QualifyingData(nonce, key)), key, requires: true);

        Assert.That(appraisal.IsTrusted, Is.True, appraisal.Denial?.Detail);
        Assert.That(appraisal.Claims, Has.One.Property("Name").EqualTo("node-key"));
        Assert.That(appraisal.Claims, Has.Count.EqualTo(10 + 3));
    }

    [Test]
    public void A_node_key_is_bound_as_the_contract_says()
    {
        byte[] message = [.. "hwlab-node-key-v1"u8, .. nonce, .. SHA256.HashData("key"u8)];
        Assert.That(NodeKeyBinding.QualifyingData(nonce, SHA256.HashData("key"u8)), Is.EqualTo(SHA256.HashData(message)));
        Assert.That(() => NodeKeyBinding.QualifyingData(nonce, new byte[31]), Throws.ArgumentException);
    }

    [Test]
    public void A_quote_that_binds_another_key_or_none_is_refused()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var other = RandomNumberGenerator.GetBytes(32);
        var bound = Evidence(Log(), answering: NodeKeyBinding.QualifyingData(nonce, key));
        var plain = Evidence(Log());

        Assert.Multiple(() =>
        {
            Assert.That(Appraise(bound, other).Denial?.Code, Is.EqualTo(DenialCodes.Nonce), "swapped");
            Assert.That(Appraise(bound, key: null).Denial?.Code, Is.EqualTo(DenialCodes.Nonce), "concealed");
            Assert.That(Appraise(bound, key: null, requires: true).Denial?.Code, Is.EqualTo(DenialCodes.Nonce), "concealed");
            Assert.That(Appraise(bound, key[..31]).Denial?.Code, Is.EqualTo(DenialCodes.Nonce), "cut");
            Assert.That(Appraise(plain, key).Denial?.Code, Is.EqualTo(DenialCodes.NodeKey), "stated, not bound");
            Assert.That(Appraise(plain, key: null, requires: true).Denial?.Code, Is.EqualTo(DenialCodes.NodeKey), "absent");
            Assert.That(Appraise(plain, key: [], requires: true).Denial?.Code, Is.EqualTo(DenialCodes.NodeKey), "empty");
        });
    }

    [Test]
    public void A_key_bound_to_another_nonce_is_refused()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var old = Evidence(Log(), answering: NodeKeyBinding.QualifyingData(RandomNumberGenerator.GetBytes(32), key));
        Assert.That(Appraise(old, key, requires: true).Denial?.Code, Is.EqualTo(DenialCodes.Nonce));
    }

    [Test]
    public void A_quote_by_another_key_or_with_a_changed_byte_is_refused()
    {
        var good = Evidence(Log());
        using var other = new SoftwareQuote();
        Refused(good with { Signature = other.Sign(good.Attest) }, DenialCodes.Signature);
        var changed = good.Attest.ToArray();
        changed[50] ^= 1;
        Refused(good with { Attest = changed }, DenialCodes.Signature);
    }

    [Test]
    public void A_key_that_was_imported_before_judges_the_same_and_that_of_another_board_is_not_used()
    {
        using var other = new SoftwareQuote();
        using var mine = new TpmVerificationKey(ak.Public);
        using var theirs = new TpmVerificationKey(other.Public);
        var evidence = Evidence(Log());
        var forged = evidence with { Signature = other.Sign(evidence.Attest) };
        QuoteChallenge With(TpmVerificationKey key, TpmPublic of) => new(of, nonce, Reference()) { VerificationKey = key };
        Assert.Multiple(() =>
        {
            Assert.That(QuoteVerifier.Appraise(evidence, With(mine, mine.Public)).IsTrusted, Is.True);
            Assert.That(QuoteVerifier.Appraise(forged, With(mine, mine.Public)).Denial?.Code, Is.EqualTo(DenialCodes.Signature));
            Assert.That(
                QuoteVerifier.Appraise(forged, With(theirs, mine.Public)).Denial?.Code,
                Is.EqualTo(DenialCodes.Signature)
            );
            Assert.That(QuoteVerifier.Appraise(evidence, With(theirs, mine.Public)).IsTrusted, Is.True);
        });
    }

    [Test]
    public void What_is_no_key_cannot_be_imported()
    {
        Assert.Throws<TpmFormatException>(() => _ = new TpmVerificationKey(TpmTemplates.Sealed(new byte[32])));
        Assert.Throws<TpmFormatException>(() => _ = new TpmVerificationKey(ak.Public with { UniqueY = new byte[32] }));
    }

    [Test]
    public void SHA_1_signatures_are_refused()
    {
        var good = Evidence(Log());
        Refused(good with { Signature = ak.Sign(good.Attest, TpmAlgorithm.Sha1) }, DenialCodes.Signature);
    }

    [Test]
    public void What_is_not_a_quote_is_refused_though_the_key_signed_it()
    {
        var attest = SoftwareQuote.Attest(nonce, Selection, new byte[32], magic: 0xFF544348);
        Refused(new QuoteEvidence(attest, ak.Sign(attest), Log()), DenialCodes.Signature);
        byte[] longer = [.. Evidence(Log()).Attest, 0];
        Refused(new QuoteEvidence(longer, ak.Sign(longer), Log()), DenialCodes.Signature);
    }

    [Test]
    public void A_quote_of_other_PCRs_or_another_bank_is_refused_whatever_the_digest()
    {
        foreach (
            var other in new[]
            {
                PcrSelection.Of(Bank, 0, 4),
                PcrSelection.Of(Bank, 0, 4, 8, 16),
                PcrSelection.Of(Bank, 16, 17, 23),
                PcrSelection.Of(TpmAlgorithm.Sha1, 0, 4, 8),
                PcrSelection.Of(Bank),
            }
        )
        {
            Refused(Evidence(Log(), about: other), DenialCodes.PcrSelection);
        }
    }

    [Test]
    public void Two_selections_in_one_quote_are_refused()
    {
        var writer = new TpmWriter().U32(TpmAttest.GeneratedMagic).U16(TpmAttest.QuoteType).Sized(new byte[34]).Sized(nonce);
        writer.U64(1).U32(1).U32(1).U8(1).U64(1).U32(2);
        writer.Algorithm(Bank).U8(3).Bytes([0x11, 0x01, 0]).Algorithm(TpmAlgorithm.Sha1).U8(3).Bytes([0, 0, 0]);
        var attest = writer.Sized(new byte[32]).ToArray();
        Refused(new QuoteEvidence(attest, ak.Sign(attest), Log()), DenialCodes.PcrSelection);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_log_with_an_event_dropped_inserted_or_reordered_is_refused(bool states)
    {
        var good = Evidence(Log(), states);
        Refused(good with { EventLog = Writer().ToArray() }, DenialCodes.EventLog, states ? 8 : null);
        Refused(
            good with
            {
                EventLog = new EventLogWriter(Log()).AppendMeasured(4, LogEventType.Action, "x"u8, []).ToArray(),
            },
            DenialCodes.EventLog,
            states ? 4 : null
        );
        var reordered = Writer().AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4]);
        reordered.AppendMeasured(8, LogEventType.Ipl, "kernel"u8, "hwlab:kernel"u8);
        Refused(good with { EventLog = reordered.ToArray() }, DenialCodes.EventLog, states ? 8 : null);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_golden_log_with_other_PCRs_is_refused(bool states)
    {
        var evil = Evidence(Log(kernel: "evil"), states);
        Refused(evil with { EventLog = Log() }, DenialCodes.EventLog, states ? 8 : null);
    }

    [Test]
    public void A_malformed_truncated_or_giant_log_is_refused()
    {
        var good = Evidence(Log());
        Refused(good with { EventLog = [] }, DenialCodes.EventLog);
        Refused(good with { EventLog = Log()[..^3] }, DenialCodes.EventLog);
        Refused(good with { EventLog = [.. Log(), 1, 2, 3] }, DenialCodes.EventLog);
        Refused(good with { EventLog = new byte[EventLogLimits.MaxLogBytes + 1] }, DenialCodes.Limits);
        Refused(good with { Attest = new byte[5000] }, DenialCodes.Limits);
        Refused(good with { Signature = new byte[5000] }, DenialCodes.Limits);
    }

    [Test]
    public void An_event_of_an_unknown_type_is_refused()
    {
        var log = new EventLogWriter(Log()).AppendMeasured(8, (LogEventType)0x4242, "x"u8, []).ToArray();
        Refused(Evidence(log), DenialCodes.EventLog, 8);
    }

    [Test]
    public void A_log_of_SHA_1_only_is_refused()
    {
        var log = new EventLogWriter(TpmAlgorithm.Sha1).AppendMeasured(8, LogEventType.Ipl, "kernel"u8, []).ToArray();
        Refused(Evidence(Log()) with { EventLog = log }, DenialCodes.EventLog);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Another_kernel_is_refused_by_its_PCR(bool states) =>
        Refused(Evidence(Log(kernel: "evil"), states), DenialCodes.ReferenceValue, 8);

    [Test]
    public void Other_firmware_is_refused_by_PCR_0_where_the_board_states_its_PCRs()
    {
        var start = HardwareCrtm.StartValue(Bank, SHA256.HashData("evil firmware"u8));
        Refused(Evidence(Log(), states: true, start: start), DenialCodes.ReferenceValue, 0);
        Refused(Evidence(Log(), states: false, start: start), DenialCodes.EventLog);
    }

    [Test]
    public void Stated_PCRs_that_are_not_the_quoted_ones_are_refused()
    {
        var evil = Evidence(Log(kernel: "evil"), states: true);
        Refused(evil with { Pcrs = Evidence(Log(), states: true).Pcrs }, DenialCodes.PcrDigest);
        Refused(evil with { Pcrs = new Dictionary<int, byte[]>() }, DenialCodes.PcrDigest);
        Refused(
            evil with
            {
                Pcrs = new Dictionary<int, byte[]>
                {
                    [0] = [],
                    [4] = [],
                    [8] = [],
                },
            },
            DenialCodes.PcrDigest
        );
    }

    [Test]
    public void Spoilt_evidence_is_refused_and_never_breaks_the_verifier()
    {
        var good = Evidence(Log());
        foreach (var bytes in Hostile.Of(good.Attest, 200).Where(bytes => !bytes.AsSpan().SequenceEqual(good.Attest)))
        {
            Assert.That(Appraise(good with { Attest = bytes }).IsTrusted, Is.False);
        }

        foreach (var bytes in Hostile.Of(good.EventLog, 500))
        {
            var appraisal = Appraise(good with { EventLog = bytes });
            Assert.That(appraisal.IsTrusted, Is.EqualTo(appraisal.Denial is null));
        }
    }

    [TestCase(1000, 7, 1, ClockChange.None)]
    [TestCase(2000, 7, 1, ClockChange.None)]
    [TestCase(999, 7, 1, ClockChange.RolledBack)]
    [TestCase(2000, 7, 2, ClockChange.Resumed)]
    [TestCase(2000, 7, 0, ClockChange.RolledBack)]
    [TestCase(2000, 8, 0, ClockChange.Rebooted)]
    [TestCase(2000, 6, 1, ClockChange.RolledBack)]
    public void A_reboot_a_resume_and_a_rollback_are_told_apart(int clock, int resets, int restarts, ClockChange change)
    {
        var earlier = new TpmClockInfo(1000, 7, 1, Safe: true);
        var later = new TpmClockInfo((ulong)clock, (uint)resets, (uint)restarts, Safe: true);
        Assert.That(ClockContinuity.Compare(earlier, later), Is.EqualTo(change));
    }

    private static EventLogWriter Writer() =>
        new EventLogWriter(Bank)
            .AppendMeasured(0, LogEventType.SCrtmVersion, "v1"u8, "v1"u8)
            .AppendMeasured(4, LogEventType.EfiAction, "Calling"u8, "Calling"u8);

    private static byte[] Log(string kernel = "kernel") =>
        Writer()
            .AppendMeasured(8, LogEventType.Ipl, System.Text.Encoding.UTF8.GetBytes(kernel), "hwlab:kernel"u8)
            .AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4])
            .ToArray();

    private static ReferenceValues Reference() =>
        ReferenceValues.From("good", EventLog.Parse(Log()).Replay(Selection, Start), Start);

    /// <summary>What a TPM that was extended as <paramref name="log"/> says would sign.</summary>
    private QuoteEvidence Evidence(
        byte[] log,
        bool states = false,
        byte[]? answering = null,
        PcrSelection? about = null,
        byte[]? start = null
    )
    {
        var values = EventLog.Parse(log).Replay(Selection, start ?? Start);
        var attest = SoftwareQuote.Attest(answering ?? nonce, about ?? Selection, values.ComputeDigest(Selection, Bank));
        return new QuoteEvidence(attest, ak.Sign(attest), log, states ? values.All : null);
    }

    private Appraisal Appraise(QuoteEvidence evidence) =>
        QuoteVerifier.Appraise(evidence, new QuoteChallenge(ak.Public, nonce, Reference()));

    private Appraisal Appraise(QuoteEvidence evidence, byte[]? key, bool requires = false) =>
        QuoteVerifier.Appraise(
            evidence,
            new QuoteChallenge(ak.Public, nonce, Reference()) { NodeKeySha256 = key, RequiresNodeKey = requires }
        );

    private void Refused(QuoteEvidence evidence, string code, int? pcr = null)
    {
        var appraisal = Appraise(evidence);
        Assert.Multiple(() =>
        {
            Assert.That(appraisal.IsTrusted, Is.False);
            Assert.That(appraisal.Denial?.Code, Is.EqualTo(code), appraisal.Denial?.Detail);
            Assert.That(appraisal.Denial?.Pcr, Is.EqualTo(pcr), appraisal.Denial?.Detail);
            Assert.That(appraisal.Claims.Count(claim => claim.Verdict == ClaimVerdict.Fail), Is.EqualTo(1));
        });
    }
}
