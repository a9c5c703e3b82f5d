using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lab.Emulation.Tpm;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Model.Services;
using Lab.Services.Attestation;
using Lab.Trust.Attestation;
using Lab.Trust.Tpm;

namespace Lab.Services.Tests.Attestation;

/// <summary>The service against real TPMs: the good case, and each way to be refused.</summary>
public sealed class AttestationServiceTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    private TestAttestation _attestation = null!;
    private TestBoard _board = null!;

    [SetUp]
    public async Task SetUp()
    {
        _attestation = await TestAttestation.StartAsync();
        _board = await _attestation.BoardAsync("virt-1");
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_board is not null)
            await _board.DisposeAsync();
        if (_attestation is not null)
            await _attestation.DisposeAsync();
    }

    private HttpClient Client => _attestation.Client;

    [Test]
    public async Task A_board_that_booted_what_it_should_gets_the_secret()
    {
        var waiting = _attestation.Service.WaitAsync("virt-1", 0, Soon, CancellationToken.None);
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        var released = await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce));
        var secret = await _board.OpenAsync(released);
        var outcome = await waiting;

        Assert.That(secret, Is.EqualTo(TestAttestation.Secret));
        Assert.That(Convert.ToHexStringLower(SHA256.HashData(secret)), Is.EqualTo(outcome.SecretSha256));
        Assert.That(outcome.Accepted, Is.True);
        Assert.That(outcome.Claims.Select(claim => claim.Verdict), Is.All.EqualTo(Verdict.Pass));
        Assert.That(outcome.Pcrs.Select(pcr => pcr.Quoted), Is.EqualTo(outcome.Pcrs.Select(pcr => pcr.Predicted)));
        Assert.That(
            Directory
                .GetFiles(Path.Combine(_attestation.EvidenceFolder, "001-virt-1"))
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal),
            Is.EqualTo([
                "ak.pub",
                "appraisal.dsse.json",
                "ek.crt",
                "ek.pub",
                "eventlog.bin",
                "nonce",
                "outcome.txt",
                "pcrs.json",
                "quote.bin",
                "quote.sig",
            ])
        );
    }

    [Test]
    public async Task The_services_word_is_signed_expires_and_can_be_judged_again_without_the_board()
    {
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");
        await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce));
        var folder = Path.Combine(_attestation.EvidenceFolder, "001-virt-1");
        var now = _attestation.Time.GetUtcNow();
        string[] keys = [_attestation.Signer.PublicKeyPem];
        var envelope = EvidenceBundle.ReadStatement(folder)!;

        var statement = StatementVerifier.Open(envelope, keys, now);
        var policy = AppraisalPolicy.Create(
            "test",
            TestBoard.Reference.Bank,
            TestBoard.Reference.Pcrs,
            new EventPolicy(),
            TestBoard.Reference.Pcr0Start,
            new EndorsementTrust([X509CertificateLoader.LoadCertificate(_attestation.Authority.Certificate.Span)]),
            keys
        );
        var again = OfflineVerifier.Appraise(EvidenceBundle.Read(folder), envelope, policy, at: null, now);

        Assert.Multiple(() =>
        {
            Assert.That(statement.IsTrusted, Is.True);
            Assert.That(statement.Board, Is.EqualTo("virt-1"));
            Assert.That(statement.Evidence, Is.EqualTo(EvidenceBundle.Read(folder).ToDigests()));
            Assert.That(() => StatementVerifier.Open(envelope, keys, now.AddMinutes(6)), Throws.InstanceOf<StatementException>());
            Assert.That(again.IsTrusted, Is.True, again.Denial?.Detail);
        });
    }

    [Test]
    public async Task A_board_may_leave_out_the_values_that_its_log_tells()
    {
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        var released = await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce, withValues: false));

        Assert.That(await _board.OpenAsync(released), Is.EqualTo(TestAttestation.Secret));
    }

    [Test]
    public async Task Another_kernel_is_denied_by_its_PCR()
    {
        await using var altered = await _attestation.BoardAsync("virt-2", kernel: "another kernel");
        var (session, nonce) = await altered.BeginAsync(Client, "virt-2");

        await DeniedAsync(
            await TestBoard.PostAsync(Client, "appraise", altered.Evidence(session, nonce)),
            "reference-value",
            pcr: 8
        );

        var outcome = await _attestation.Service.WaitAsync("virt-2", 0, Soon, CancellationToken.None);
        Assert.That(outcome.Pcrs.Where(pcr => pcr.Predicted != pcr.Quoted).Select(pcr => pcr.Index), Is.EqualTo([8]));
    }

    [Test]
    public async Task An_EK_that_the_rig_did_not_certify_is_denied()
    {
        var stranger = await EndorsementAuthority.OpenAsync(
            _attestation.Lab.PathOf("else"),
            "else",
            TimeProvider.System,
            default
        );
        await using var board = await TestBoard.StartAsync(_attestation.Lab, stranger, "stranger");

        await DeniedAsync(await board.EnrolAsync(Client, "virt-1"), "ek-untrusted");

        var outcome = await _attestation.Service.WaitAsync("virt-1", 0, Soon, CancellationToken.None);
        Assert.That(outcome.Code, Is.EqualTo("ek-untrusted"));
    }

    [Test]
    public async Task Another_TPMs_certificate_is_denied()
    {
        await using var other = await _attestation.BoardAsync("virt-2");
        var enrolment = _board.Enrolment("virt-1");
        enrolment["ekCertificate"] = other.Enrolment("virt-2")["ekCertificate"]!.DeepClone();

        await DeniedAsync(await TestBoard.PostAsync(Client, "enrol", enrolment), "ek-mismatch");
    }

    [Test]
    public async Task A_TPM_of_the_rig_that_answers_for_another_board_is_denied()
    {
        await using var strict = await TestAttestation.StartAsync(
            boards: new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
            {
                ["virt-1"] = _board.State.EndorsementKeyCertificate,
            }
        );
        await using var relay = await strict.BoardAsync("relay");

        await DeniedAsync(await relay.EnrolAsync(strict.Client, "virt-1"), "ek-mismatch");
        await DeniedAsync(await relay.EnrolAsync(strict.Client, "virt-9"), "ek-mismatch");
    }

    [Test]
    public async Task An_AK_that_signs_anything_is_denied()
    {
        _board.Ak = _board.Tpm.CreatePrimary(
            TpmHandle.Endorsement,
            TpmTemplates.AkEccP256 with
            {
                Attributes = TpmTemplates.AkEccP256.Attributes & ~TpmObjectAttributes.Restricted,
            }
        );

        await DeniedAsync(await _board.EnrolAsync(Client, "virt-1"), "ak-attributes");
    }

    [Test]
    public async Task An_AK_of_another_TPM_cannot_be_activated()
    {
        await using var other = await _attestation.BoardAsync("virt-2");
        var enrolment = _board.Enrolment("virt-1");
        enrolment["akPublic"] = other.Enrolment("virt-2")["akPublic"]!.DeepClone();

        var enrolled = await TestBoard.PostAsync(Client, "enrol", enrolment);

        Assert.That(enrolled.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(async () => await _board.ActivationAsync(enrolled), Throws.TypeOf<TpmException>());
    }

    [Test]
    public async Task A_guessed_credential_is_denied_and_ends_the_session()
    {
        var activation = await _board.ActivationAsync(await _board.EnrolAsync(Client, "virt-1"));
        var guess = (JsonObject)activation.DeepClone();
        guess["credential"] = Convert.ToBase64String(new byte[32]);

        await DeniedAsync(await TestBoard.PostAsync(Client, "activate", guess), "activation-failed");
        await DeniedAsync(await TestBoard.PostAsync(Client, "activate", activation), "session");
    }

    [Test]
    public async Task A_quote_of_an_earlier_session_is_denied()
    {
        var (first, firstNonce) = await _board.BeginAsync(Client, "virt-1");
        var old = _board.Evidence(first, firstNonce);
        Assert.That((await TestBoard.PostAsync(Client, "appraise", old)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", old), "session");

        var (second, _) = await _board.BeginAsync(Client, "virt-1");
        old["session"] = second;

        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", old), "nonce");
    }

    [Test]
    public async Task A_part_of_the_nonce_is_denied()
    {
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce[..16])), "nonce");
    }

    [Test]
    public async Task A_quote_by_another_TPM_is_denied()
    {
        await using var other = await _attestation.BoardAsync("virt-2");
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", other.Evidence(session, nonce)), "signature");
    }

    [Test]
    public async Task A_quote_about_other_PCRs_is_denied()
    {
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        await DeniedAsync(
            await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce, [0, 4, 16])),
            "pcr-selection"
        );
    }

    [Test]
    public async Task Values_that_were_not_quoted_are_denied()
    {
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");
        var evidence = _board.Evidence(session, nonce);
        evidence["pcrValues"]!["8"] = Convert.ToBase64String(new byte[32]);

        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", evidence), "pcr-digest");
    }

    [Test]
    public async Task A_log_that_does_not_replay_is_denied()
    {
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");
        var evidence = _board.Evidence(session, nonce);
        evidence["eventLog"] = Convert.ToBase64String(_board.EventLog[..^10]);

        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", evidence), "event-log");
    }

    [Test]
    public async Task A_late_board_is_denied()
    {
        var activation = await _board.ActivationAsync(await _board.EnrolAsync(Client, "virt-1"));
        _attestation.Time.Advance(TimeSpan.FromMinutes(3));
        await DeniedAsync(await TestBoard.PostAsync(Client, "activate", activation), "session");

        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");
        _attestation.Time.Advance(TimeSpan.FromMinutes(3));
        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce)), "session");
    }

    [Test]
    public async Task No_step_can_be_skipped()
    {
        var enrolled = await TestBoard.ReadAsync(await _board.EnrolAsync(Client, "virt-1"));

        await DeniedAsync(
            await TestBoard.PostAsync(Client, "appraise", _board.Evidence((string)enrolled["session"]!, new byte[32])),
            "session"
        );
    }

    [Test]
    public async Task A_new_AK_ends_the_sessions_of_the_old_one()
    {
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");
        var evidence = _board.Evidence(session, nonce);
        _board.Ak = _board.Tpm.CreatePrimary(TpmHandle.Endorsement, TpmTemplates.AkEccP256 with { Unique = [1], UniqueY = [2] });
        await _board.BeginAsync(Client, "virt-1");

        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", evidence), "session");
    }

    [Test]
    public async Task Sessions_are_bounded_and_give_their_place_back()
    {
        await using var small = await TestAttestation.StartAsync(new AttestationLimits { Sessions = 1 });
        await using var board = await small.BoardAsync("virt-1");
        await board.EnrolAsync(small.Client, "virt-1");

        await DeniedAsync(await board.EnrolAsync(small.Client, "virt-1"), "limits", HttpStatusCode.TooManyRequests);
        small.Time.Advance(TimeSpan.FromMinutes(3));

        Assert.That((await board.EnrolAsync(small.Client, "virt-1")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_source_is_told_which_board_in_which_boot_with_which_key()
    {
        var source = new TestSource();
        await using var strict = await TestAttestation.StartAsync(source: source);
        await using var board = await strict.BoardAsync("virt-1");
        var key = TestLab.Noise(32);

        var (session, nonce) = await board.BeginAsync(strict.Client, "virt-1");
        var released = await TestBoard.PostAsync(strict.Client, "appraise", board.BoundEvidence(session, nonce, key));

        Assert.That(await board.OpenAsync(released), Is.EqualTo(TestSource.Join));
        var outcome = await strict.Service.WaitAsync("virt-1", 0, Soon, CancellationToken.None);
        Assert.That(outcome.BoundKeySha256, Is.EqualTo(Convert.ToHexStringLower(key)));
        Assert.That(outcome.SecretSha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(TestSource.Join))));
        var told = source.Attested.Single();
        Assert.That(
            (told.Name, told.NodeKeySha256, told.IsRenewal),
            Is.EqualTo(("virt-1", Convert.ToHexStringLower(key), false))
        );
        Assert.That(
            told.EkFingerprint,
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(board.State.EndorsementKeyCertificate.Span)))
        );
    }

    [Test]
    public async Task A_renewal_is_no_news_and_only_the_last_is_kept()
    {
        var source = new TestSource();
        await using var strict = await TestAttestation.StartAsync(source: source);
        await using var board = await strict.BoardAsync("virt-1");
        foreach (var renews in new[] { false, true, true })
        {
            var (session, nonce) = await board.BeginAsync(strict.Client, "virt-1");
            var evidence = board.BoundEvidence(session, nonce, TestLab.Noise(32));
            evidence["renew"] = renews;
            var released = await TestBoard.PostAsync(strict.Client, "appraise", evidence);
            Assert.That(await board.OpenAsync(released), Is.EqualTo(renews ? TestSource.Renewal : TestSource.Join));
        }

        Assert.That(source.Attested.Select(one => one.IsRenewal), Is.EqualTo([false, true, true]));
        Assert.That(source.Attested.Select(one => one.ResetCount).Distinct(), Has.One.Items, "one boot");
        Assert.That(strict.Service.Count("virt-1"), Is.EqualTo(1));
        Assert.That(
            Directory.GetDirectories(strict.EvidenceFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Is.EqualTo(["001-virt-1", "last-renewal-virt-1"])
        );
    }

    [Test]
    public async Task A_source_that_needs_a_key_gives_nothing_without_one()
    {
        var source = new TestSource();
        await using var strict = await TestAttestation.StartAsync(source: source);
        await using var board = await strict.BoardAsync("virt-1");
        var key = TestLab.Noise(32);

        var (session, nonce) = await board.BeginAsync(strict.Client, "virt-1");
        await DeniedAsync(await TestBoard.PostAsync(strict.Client, "appraise", board.Evidence(session, nonce)), "node-key");

        // Stated, but the quote binds another.
        (session, nonce) = await board.BeginAsync(strict.Client, "virt-1");
        var swapped = board.BoundEvidence(session, nonce, key);
        swapped["nodeKey"] = Convert.ToBase64String(TestLab.Noise(32, seed: 2));
        await DeniedAsync(await TestBoard.PostAsync(strict.Client, "appraise", swapped), "nonce");

        (session, nonce) = await board.BeginAsync(strict.Client, "virt-1");
        var cut = board.BoundEvidence(session, nonce, key);
        cut["nodeKey"] = Convert.ToBase64String(key[..31]);
        await DeniedAsync(await TestBoard.PostAsync(strict.Client, "appraise", cut), "limits", HttpStatusCode.BadRequest);

        Assert.That(source.Attested, Is.Empty);
        Assert.That(
            source.Told.Select(one => one.Code),
            Is.EqualTo(["node-key"]),
            "what no TPM said just now proves nothing about it"
        );
    }

    [Test]
    public async Task A_source_is_told_of_a_boot_that_is_refused()
    {
        var source = new TestSource();
        await using var strict = await TestAttestation.StartAsync(source: source);
        await using var altered = await strict.BoardAsync("virt-1", kernel: "another kernel");
        await using var other = await strict.BoardAsync("virt-2");

        var (session, nonce) = await altered.BeginAsync(strict.Client, "virt-1");
        await DeniedAsync(
            await TestBoard.PostAsync(strict.Client, "appraise", altered.BoundEvidence(session, nonce, TestLab.Noise(32))),
            "reference-value",
            pcr: 8
        );
        (session, nonce) = await altered.BeginAsync(strict.Client, "virt-1");
        await DeniedAsync(
            await TestBoard.PostAsync(strict.Client, "appraise", other.BoundEvidence(session, nonce, TestLab.Noise(32))),
            "signature"
        );

        Assert.That(source.Told.Select(one => (one.Name, one.Code)), Is.EqualTo([("virt-1", "reference-value")]));
    }

    [Test]
    public async Task A_source_may_refuse_good_evidence_or_be_unavailable()
    {
        var source = new TestSource();
        await using var strict = await TestAttestation.StartAsync(source: source);
        await using var board = await strict.BoardAsync("virt-1");
        source.Failure = new SecretRefusedException("revoked", "an operator said so");
        var (session, nonce) = await board.BeginAsync(strict.Client, "virt-1");
        await DeniedAsync(
            await TestBoard.PostAsync(strict.Client, "appraise", board.BoundEvidence(session, nonce, TestLab.Noise(32))),
            "revoked"
        );
        var outcome = await strict.Service.WaitAsync("virt-1", 0, Soon, CancellationToken.None);
        Assert.That((outcome.Accepted, outcome.Code, outcome.SecretSha256), Is.EqualTo((false, "revoked", (string?)null)));

        source.Failure = new LabException("the API server is down", "cluster");
        (session, nonce) = await board.BeginAsync(strict.Client, "virt-1");
        await DeniedAsync(
            await TestBoard.PostAsync(strict.Client, "appraise", board.BoundEvidence(session, nonce, TestLab.Noise(32))),
            "unavailable",
            HttpStatusCode.ServiceUnavailable
        );
        Assert.That(strict.Service.Count("virt-1"), Is.EqualTo(1), "the lab's fault is no verdict on the board");
    }

    [Test]
    public async Task A_TPM_that_was_extended_by_hand_is_accepted_since_nothing_tells_it_from_a_boot()
    {
        // No firmware, no kernel: the test itself wrote the good values into the board's own TPM, as an interposer would.
        _attestation.Service.ExpectTpm("virt-1", _board.State.EndorsementKeyCertificate);
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        var released = await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce));

        Assert.That(await _board.OpenAsync(released), Is.EqualTo(TestAttestation.Secret));
    }

    [Test]
    public async Task A_TPM_that_is_expected_is_the_only_one_for_its_board()
    {
        await using var other = await _attestation.BoardAsync("virt-2");
        _attestation.Service.ExpectTpm("virt-1", _board.State.EndorsementKeyCertificate);

        Assert.That((await _board.EnrolAsync(Client, "virt-1")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await DeniedAsync(await other.EnrolAsync(Client, "virt-1"), "ek-mismatch");
        await DeniedAsync(await other.EnrolAsync(Client, "virt-2"), "ek-mismatch");
        _attestation.Service.ExpectTpm("virt-2", other.State.EndorsementKeyCertificate);
        Assert.That((await other.EnrolAsync(Client, "virt-2")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task An_adversary_sees_the_evidence_and_can_put_another_in_its_place()
    {
        EvidenceOnTheWire? seen = null;
        _attestation.Service.Interpose(
            (evidence, _) =>
            {
                seen = evidence;
                return Task.FromResult(evidence with { EventLog = _board.EventLog.AsMemory(0, 100) });
            }
        );
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        await DeniedAsync(await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce)), "event-log");

        Assert.That(seen!.Nonce.ToArray(), Is.EqualTo(nonce));
        Assert.That(seen.EventLog.ToArray(), Is.EqualTo(_board.EventLog));
        var outcome = await _attestation.Service.WaitAsync("virt-1", 0, Soon, CancellationToken.None);
        Assert.That(outcome.Evidence.EventLog.Length, Is.EqualTo(100));
    }

    [Test]
    public async Task An_adversary_that_fails_is_the_labs_fault()
    {
        _attestation.Service.Interpose((_, _) => throw new InvalidOperationException("no spare TPM"));
        var (session, nonce) = await _board.BeginAsync(Client, "virt-1");

        await TestBoard.PostAsync(Client, "appraise", _board.Evidence(session, nonce));

        Assert.That(
            async () => await _attestation.Service.WaitAsync("virt-1", 0, Soon, CancellationToken.None),
            Throws.TypeOf<LabException>().With.Message.Contains("no spare TPM")
        );
    }

    [Test]
    public async Task A_board_that_never_comes_is_the_boards_fault()
    {
        var waiting = _attestation.Service.WaitAsync("virt-1", 0, Soon, CancellationToken.None);
        _attestation.Time.Advance(Soon);

        Assert.That(async () => await waiting, Throws.TypeOf<BoardException>());
        await Task.CompletedTask;
    }

    private static async Task DeniedAsync(
        HttpResponseMessage answer,
        string code,
        HttpStatusCode status = HttpStatusCode.Forbidden,
        int? pcr = null
    )
    {
        var body = await TestBoard.ReadAsync(answer);
        Assert.That(
            (answer.StatusCode, (string?)body["code"], (int?)body["pcr"]),
            Is.EqualTo((status, code, pcr)),
            (string?)body["detail"]
        );
    }
}
