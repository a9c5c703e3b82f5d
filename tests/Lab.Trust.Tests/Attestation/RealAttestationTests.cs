using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Attestation;

/// <summary>The whole exchange with a manufactured software TPM: what the board and the service do, without the network between.</summary>
[Category("RealTpm")]
internal sealed class RealAttestationTests
{
    private static readonly TpmAlgorithm Bank = TpmAlgorithm.Sha256;
    private SoftwareTpm board = null!;
    private EndorsementTrust trust = null!;

    [OneTimeSetUp]
    public void StartTpm()
    {
        board = SoftwareTpm.StartWithEkCertificate();
        trust = new EndorsementTrust(
            [X509CertificateLoader.LoadCertificateFromFile(Path.Combine(board.CaFolder, "swtpm-localca-rootca-cert.pem"))],
            [X509CertificateLoader.LoadCertificateFromFile(Path.Combine(board.CaFolder, "issuercert.pem"))]
        );
    }

    [OneTimeTearDown]
    public void StopTpm() => board?.Dispose();

    [Test]
    public void A_good_board_enrols_attests_and_opens_its_secret()
    {
        using var tpm = board.Open();
        using var ek = tpm.CreateEk();
        using var ak = tpm.CreateAk();
        var evidence = new IdentityEvidence(tpm.ReadEkCertificate()!, ek.Public.ToSizedBytes(), ak.Public.ToSizedBytes());
        var enrolment = IdentityVerifier.Appraise(evidence, trust, DateTimeOffset.UtcNow);
        Assert.That(enrolment.Appraisal.IsTrusted, Is.True, enrolment.Appraisal.Denial?.Detail);
        var identity = enrolment.Identity!;

        var secret = RandomNumberGenerator.GetBytes(32);
        var credential = CredentialMaker.Make(identity.Ek, identity.AkName, secret);
        Assert.That(tpm.ActivateCredential(ak, ek, credential), Is.EqualTo(secret));

        var log = Measure(tpm, "kernel"u8);
        var reference = ReferenceValues.From("a good board", EventLog.Parse(log).Replay(PcrSelection.Of(Bank, 0, 23)));
        var challenge = new QuoteChallenge(identity.Ak, RandomNumberGenerator.GetBytes(32), reference);
        var quote = tpm.Quote(ak, challenge.Nonce, reference.Selection);
        var appraisal = QuoteVerifier.Appraise(new QuoteEvidence(quote.Attest, quote.Signature, log), challenge);
        Assert.That(appraisal.IsTrusted, Is.True, appraisal.Denial?.Detail);

        var released = SecretRelease.Wrap(identity.Ek, identity.AkName, "join"u8);
        Assert.That(SecretRelease.Open(tpm, ak, ek, released), Is.EqualTo("join"u8.ToArray()));
    }

    [Test]
    public void A_board_whose_CA_is_unknown_is_refused()
    {
        using var tpm = board.Open();
        using var ek = tpm.CreateEk();
        using var ak = tpm.CreateAk();
        var evidence = new IdentityEvidence(tpm.ReadEkCertificate()!, ek.Public.ToSizedBytes(), ak.Public.ToSizedBytes());
        var result = IdentityVerifier.Appraise(evidence, new EndorsementTrust([]), DateTimeOffset.UtcNow);
        Assert.That(result.Appraisal.Denial?.Code, Is.EqualTo(DenialCodes.EkUntrusted));
        Assert.That(result.Identity, Is.Null);
    }

    [Test]
    public void A_power_cut_with_a_loaded_AK_never_ends_in_lockout()
    {
        for (var cut = 0; cut < 6; cut++)
        {
            using (var tpm = board.Open())
            {
                using var ak = tpm.CreateAk();
                tpm.Quote(ak, new byte[16], PcrSelection.Of(Bank, 0));
            }

            board.CutPower();
        }

        using var after = board.Open();
        using var key = after.CreateAk();
        Assert.That(after.Quote(key, new byte[16], PcrSelection.Of(Bank, 0)).Signature, Is.Not.Empty);
    }

    private static byte[] Measure(Tpm2 tpm, ReadOnlySpan<byte> what)
    {
        tpm.ResetPcr(23);
        tpm.ExtendPcr(23, Bank, SHA256.HashData(what));
        return new EventLogWriter(Bank).AppendMeasured(23, LogEventType.Ipl, what, "hwlab:kernel"u8).ToArray();
    }
}
