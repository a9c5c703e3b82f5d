using System.Security.Cryptography;
using Lab.Trust.Attestation;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Attestation;

internal sealed class IdentityVerifierTests
{
    private TestEndorsementCa ca = null!;
    private SoftwareQuote ak = null!;

    [OneTimeSetUp]
    public void MakeKeys()
    {
        ca = new TestEndorsementCa();
        ak = new SoftwareQuote();
    }

    [OneTimeTearDown]
    public void ForgetKeys()
    {
        ca.Dispose();
        ak.Dispose();
    }

    [Test]
    public void A_certified_EK_and_a_restricted_AK_are_an_identity()
    {
        var result = Appraise(ca.Certify(), ca.EkPublic, ak.Public);
        Assert.That(result.Appraisal.IsTrusted, Is.True, result.Appraisal.Denial?.Detail);
        Assert.That(result.Identity!.AkName, Is.EqualTo(ak.Public.ComputeName()));
        Assert.That(result.Appraisal.Claims.Select(claim => claim.Verdict), Has.All.EqualTo(ClaimVerdict.Pass));
    }

    [Test]
    public void A_certificate_of_another_CA_is_refused()
    {
        using var other = new TestEndorsementCa();
        Refused(Appraise(other.Certify(of: ca.EkKey), ca.EkPublic, ak.Public), DenialCodes.EkUntrusted, "ek-certificate");
    }

    [Test]
    public void An_expired_certificate_is_refused_and_the_reason_said()
    {
        var result = Appraise(ca.Certify(daysLeft: -1), ca.EkPublic, ak.Public);
        Refused(result, DenialCodes.EkUntrusted, "ek-certificate");
        Assert.That(result.Appraisal.Denial!.Detail, Does.Contain("expired"));
    }

    [Test]
    public void Bytes_that_are_no_certificate_are_refused() =>
        Refused(Appraise([1, 2, 3], ca.EkPublic, ak.Public), DenialCodes.EkUntrusted, "ek-certificate");

    [TestCase("1.3.6.1.5.5.7.3.1", TestName = "A TLS certificate of the same CA is no EK certificate")]
    [TestCase("2.23.133.8.3", TestName = "An AK certificate of the same CA is no EK certificate")]
    public void Refuses_usage(string usage) =>
        Refused(Appraise(ca.Certify(usage), ca.EkPublic, ak.Public), DenialCodes.EkUntrusted, "ek-usage");

    [Test]
    public void A_CA_is_no_EK() =>
        Refused(Appraise(ca.Certify(isCa: true), ca.EkPublic, ak.Public), DenialCodes.EkUntrusted, null);

    [Test]
    public void A_certificate_that_names_no_TPM_is_refused() =>
        Refused(Appraise(ca.Certify(named: false), ca.EkPublic, ak.Public), DenialCodes.EkUntrusted, "ek-names");

    [Test]
    public void An_EK_on_the_deny_list_is_refused()
    {
        var certificate = ca.Certify();
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(certificate));
        var trust = ca.Trust with { DeniedFingerprints = new HashSet<string>(StringComparer.Ordinal) { fingerprint } };
        Refused(Appraise(certificate, ca.EkPublic, ak.Public, trust), DenialCodes.EkUntrusted, "ek-not-denied");
    }

    [Test]
    public void An_EK_that_is_not_the_certified_one_is_refused()
    {
        using var other = RSA.Create(2048);
        var key = ca.EkPublic with { Unique = other.ExportParameters(false).Modulus! };
        Refused(Appraise(ca.Certify(), key, ak.Public), DenialCodes.EkMismatch, "ek-matches-certificate");
    }

    [Test]
    public void An_EK_of_another_template_is_refused()
    {
        var signing = ca.EkPublic with { Attributes = ca.EkPublic.Attributes | TpmObjectAttributes.Sign };
        var unguarded = ca.EkPublic with { AuthPolicy = [] };
        Refused(Appraise(ca.Certify(), signing, ak.Public), DenialCodes.EkMismatch, "ek-template");
        Refused(Appraise(ca.Certify(), unguarded, ak.Public), DenialCodes.EkMismatch, "ek-template");
    }

    [TestCase(TpmObjectAttributes.Restricted)]
    [TestCase(TpmObjectAttributes.Sign)]
    [TestCase(TpmObjectAttributes.FixedTpm)]
    [TestCase(TpmObjectAttributes.FixedParent)]
    [TestCase(TpmObjectAttributes.SensitiveDataOrigin)]
    public void An_AK_that_lacks_an_attribute_is_refused(TpmObjectAttributes attribute)
    {
        var key = ak.Public with { Attributes = ak.Public.Attributes & ~attribute };
        Refused(Appraise(ca.Certify(), ca.EkPublic, key), DenialCodes.AkAttributes, "ak-attributes");
    }

    [Test]
    public void An_AK_that_also_decrypts_is_refused()
    {
        var key = ak.Public with { Attributes = ak.Public.Attributes | TpmObjectAttributes.Decrypt };
        Refused(Appraise(ca.Certify(), ca.EkPublic, key), DenialCodes.AkAttributes, "ak-attributes");
    }

    [Test]
    public void An_AK_with_SHA_1_without_a_scheme_or_off_the_curve_is_refused()
    {
        var sha1 = ak.Public with { Scheme = new TpmScheme(TpmAlgorithm.EcDsa, TpmAlgorithm.Sha1) };
        var open = ak.Public with { Scheme = TpmScheme.Null };
        var off = ak.Public with { UniqueY = new byte[32] };
        Refused(Appraise(ca.Certify(), ca.EkPublic, sha1), DenialCodes.AkAttributes, "ak-form");
        Refused(Appraise(ca.Certify(), ca.EkPublic, open), DenialCodes.AkAttributes, "ak-form");
        Refused(Appraise(ca.Certify(), ca.EkPublic, off), DenialCodes.AkAttributes, "ak-form");
    }

    [Test]
    public void Giant_evidence_is_refused_unread() =>
        Refused(Appraise(new byte[100_000], ca.EkPublic, ak.Public), DenialCodes.Limits, "limits");

    [Test]
    public void Spoilt_evidence_is_refused_and_never_breaks_the_verifier()
    {
        var certificate = ca.Certify();
        var ek = ca.EkPublic.ToSizedBytes();
        var key = ak.Public.ToSizedBytes();
        foreach (var bytes in Hostile.Of(certificate, 300).Where(bytes => !bytes.AsSpan().SequenceEqual(certificate)))
        {
            var result = IdentityVerifier.Appraise(new IdentityEvidence(bytes, ek, key), ca.Trust, TestEndorsementCa.Now);
            Assert.That(result.Appraisal.IsTrusted, Is.False, Convert.ToHexString(bytes));
        }

        foreach (var bytes in Hostile.Of(ek, 100).Where(bytes => !bytes.AsSpan().SequenceEqual(ek)))
        {
            var result = IdentityVerifier.Appraise(
                new IdentityEvidence(certificate, bytes, key),
                ca.Trust,
                TestEndorsementCa.Now
            );
            Assert.That(result.Appraisal.IsTrusted, Is.False, Convert.ToHexString(bytes));
        }
    }

    private static void Refused(IdentityAppraisal result, string code, string? claim)
    {
        Assert.Multiple(() =>
        {
            Assert.That(result.Identity, Is.Null);
            Assert.That(result.Appraisal.IsTrusted, Is.False);
            Assert.That(result.Appraisal.Denial?.Code, Is.EqualTo(code), result.Appraisal.Denial?.Detail);
            var failed = result.Appraisal.Claims.Single(one => one.Verdict == ClaimVerdict.Fail);
            Assert.That(failed.Name, Is.EqualTo(claim ?? failed.Name));
        });
    }

    private IdentityAppraisal Appraise(byte[] certificate, TpmPublic ek, TpmPublic key, EndorsementTrust? trust = null) =>
        IdentityVerifier.Appraise(
            new IdentityEvidence(certificate, ek.ToSizedBytes(), key.ToSizedBytes()),
            trust ?? ca.Trust,
            TestEndorsementCa.Now
        );
}
