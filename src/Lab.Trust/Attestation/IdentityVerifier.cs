using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>Judges whether an EK is that of a real TPM, and an AK fit to attest with. Knows no state: sessions and inventories are the caller's.</summary>
public static class IdentityVerifier
{
    /// <summary>tcg-kp-EKCertificate: the purpose that an EK certificate must name.</summary>
    public const string EkCertificateUsage = "2.23.133.8.1";

    private const string Limits = "limits";
    private const string Certificate = "ek-certificate";
    private const string Usage = "ek-usage";
    private const string Names = "ek-names";
    private const string NotDenied = "ek-not-denied";
    private const string Template = "ek-template";
    private const string Match = "ek-matches-certificate";
    private const string AkForm = "ak-form";
    private const string AkAttributes = "ak-attributes";

    private const TpmObjectAttributes AkRequired =
        TpmObjectAttributes.Restricted
        | TpmObjectAttributes.Sign
        | TpmObjectAttributes.FixedTpm
        | TpmObjectAttributes.FixedParent
        | TpmObjectAttributes.SensitiveDataOrigin;

    private const TpmObjectAttributes AkForbidden =
        TpmObjectAttributes.Decrypt | TpmObjectAttributes.EncryptedDuplication | TpmObjectAttributes.X509Sign;

    /// <summary>Judges an identity.</summary>
    /// <param name="evidence">As it came from the board.</param>
    /// <param name="trust">Whose TPMs are trusted.</param>
    /// <param name="now">The time for the certificates' validity.</param>
    public static IdentityAppraisal Appraise(IdentityEvidence evidence, EndorsementTrust trust, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(trust);
        var list = new Checklist([Limits, Certificate, Usage, Names, NotDenied, Template, Match, AkForm, AkAttributes]);
        if (
            evidence.EkCertificate.Length > EvidenceLimits.MaxCertificate
            || evidence.EkPublic.Length > EvidenceLimits.MaxPublic
            || evidence.AkPublic.Length > EvidenceLimits.MaxPublic
        )
        {
            return new IdentityAppraisal(list.Deny(Limits, DenialCodes.Limits, "the identity's evidence is too large"), null);
        }

        list.Pass(Limits, "the evidence is of a reasonable size");
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(evidence.EkCertificate);
        }
        catch (CryptographicException)
        {
            var denied = list.Deny(Certificate, DenialCodes.EkUntrusted, "the EK certificate is not an X.509 certificate");
            return new IdentityAppraisal(denied, null);
        }

        using (certificate)
        {
            var fingerprint = Convert.ToHexStringLower(SHA256.HashData(evidence.EkCertificate));
            var denied = FindCertificateFault(list, certificate, fingerprint, trust, now);
            if (denied is not null)
            {
                return new IdentityAppraisal(denied, null);
            }

            return JudgeKeys(list, evidence, certificate, fingerprint);
        }
    }

    private static Appraisal? FindCertificateFault(
        Checklist list,
        X509Certificate2 certificate,
        string fingerprint,
        EndorsementTrust trust,
        DateTimeOffset now
    )
    {
        if (FindChainFault(certificate, trust, now) is { } fault)
        {
            return list.Deny(Certificate, DenialCodes.EkUntrusted, $"the EK certificate is not trusted: {fault}", fingerprint);
        }

        list.Pass(Certificate, $"issued by {certificate.Issuer}", fingerprint);
        if (!HasEkUsage(certificate))
        {
            return list.Deny(
                Usage,
                DenialCodes.EkUntrusted,
                $"the certificate is not for an EK (no usage {EkCertificateUsage}, or a CA)"
            );
        }

        list.Pass(Usage, $"extended key usage {EkCertificateUsage}");
        if (EkCertificateNames.Find(certificate) is not { } names)
        {
            return list.Deny(
                Names,
                DenialCodes.EkUntrusted,
                "the EK certificate does not name the TPM's manufacturer, model and version"
            );
        }

        list.Pass(Names, $"manufacturer {names.Manufacturer}, model {names.Model}, version {names.Version}");
        if (trust.DeniedFingerprints?.Contains(fingerprint) == true)
        {
            return list.Deny(NotDenied, DenialCodes.EkUntrusted, "this EK is on the deny list", fingerprint);
        }

        list.Pass(NotDenied, "not on the deny list");
        return null;
    }

    private static string? FindChainFault(X509Certificate2 certificate, EndorsementTrust trust, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trust.Roots);
        chain.ChainPolicy.ExtraStore.AddRange(trust.Intermediates ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        try
        {
            var isTrusted = chain.Build(certificate);
            return isTrusted ? null : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()));
        }
        catch (CryptographicException e)
        {
            // Fields that only the chain engine looks at can be malformed too.
            return e.Message;
        }
    }

    private static bool HasEkUsage(X509Certificate2 certificate)
    {
        var isCa = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(one => one.CertificateAuthority);
        var usages = certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(one => one.EnhancedKeyUsages.Cast<Oid>());
        return !isCa && usages.Any(usage => usage.Value == EkCertificateUsage);
    }

    private static IdentityAppraisal JudgeKeys(
        Checklist list,
        IdentityEvidence evidence,
        X509Certificate2 certificate,
        string fingerprint
    )
    {
        if (!TryParse(evidence.EkPublic, out var ek, out var fault) || !IsEkTemplate(ek))
        {
            var detail = $"the EK is not of the TCG template L-1 or L-2{fault}";
            return new IdentityAppraisal(list.Deny(Template, DenialCodes.EkMismatch, detail), null);
        }

        list.Pass(Template, $"{ek.Type} EK of the TCG template", Convert.ToHexStringLower(ek.ComputeName()));
        if (!IsCertified(certificate, ek))
        {
            return new IdentityAppraisal(list.Deny(Match, DenialCodes.EkMismatch, "the EK is not the certified one"), null);
        }

        list.Pass(Match, "the certified key is the EK");
        if (!TryParse(evidence.AkPublic, out var ak, out fault) || FindAkFormFault(ak) is not null)
        {
            var detail = $"the AK is not usable: {(ak is null ? fault : FindAkFormFault(ak))}";
            return new IdentityAppraisal(list.Deny(AkForm, DenialCodes.AkAttributes, detail), null);
        }

        var name = ak.ComputeName();
        list.Pass(AkForm, $"{ak.Curve}, {ak.Scheme.Algorithm} with {ak.Scheme.Hash}", Convert.ToHexStringLower(name));
        if ((ak.Attributes & (AkRequired | AkForbidden)) != AkRequired)
        {
            var missing = AkRequired & ~ak.Attributes;
            var extra = AkForbidden & ak.Attributes;
            var detail = $"the AK lacks {missing} and has {extra}";
            return new IdentityAppraisal(list.Deny(AkAttributes, DenialCodes.AkAttributes, detail), null);
        }

        list.Pass(AkAttributes, ak.Attributes.ToString());
        return new IdentityAppraisal(list.Finish(), new EndorsedIdentity(ek, fingerprint, ak, name));
    }

    private static bool TryParse(
        byte[] area,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TpmPublic? key,
        out string fault
    )
    {
        try
        {
            key = TpmPublic.ParseSized(area);
            fault = "";
            return true;
        }
        catch (TpmFormatException e)
        {
            key = null;
            fault = $": {e.Message}";
            return false;
        }
    }

    private static bool IsEkTemplate(TpmPublic ek) =>
        (ek.Type, ek.Unique.Length, ek.UniqueY.Length) switch
        {
            (TpmAlgorithm.Rsa, 256, 0) => ek with { Unique = new byte[256] } == TpmTemplates.EkRsa2048,
            (TpmAlgorithm.Ecc, 32, 32) => ek with { Unique = new byte[32], UniqueY = new byte[32] } == TpmTemplates.EkEccP256,
            _ => false,
        };

    private static bool IsCertified(X509Certificate2 certificate, TpmPublic ek)
    {
        try
        {
            return IsSameKey(certificate, ek);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsSameKey(X509Certificate2 certificate, TpmPublic ek)
    {
        if (ek.Type == TpmAlgorithm.Rsa)
        {
            using var rsa = certificate.GetRSAPublicKey();
            var certified = rsa?.ExportParameters(includePrivateParameters: false);
            var ours = ek.ToRsaParameters();
            return certified is { } key
                && key.Modulus.AsSpan().SequenceEqual(ours.Modulus)
                && key.Exponent.AsSpan().SequenceEqual(ours.Exponent);
        }

        using var ecdh = certificate.GetECDiffieHellmanPublicKey();
        var point = ecdh?.ExportParameters(includePrivateParameters: false).Q;
        return point is { } q && q.X.AsSpan().SequenceEqual(ek.Unique) && q.Y.AsSpan().SequenceEqual(ek.UniqueY);
    }

    private static string? FindAkFormFault(TpmPublic ak)
    {
        var isAllowed =
            ak
                is {
                    Type: TpmAlgorithm.Ecc,
                    NameAlgorithm: TpmAlgorithm.Sha256 or TpmAlgorithm.Sha384,
                    Scheme.Algorithm: TpmAlgorithm.EcDsa
                }
            && (ak.Curve, ak.Scheme.Hash) is (TpmCurve.NistP256, TpmAlgorithm.Sha256) or (TpmCurve.NistP384, TpmAlgorithm.Sha384);
        if (!isAllowed)
        {
            return "it is neither ECDSA P-256 with SHA-256 nor P-384 with SHA-384";
        }

        try
        {
            using var ecdsa = ECDsa.Create(ak.ToEcParameters());
            return null;
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException)
        {
            return "its point is not on its curve";
        }
    }
}
