using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.Trust.Attestation;
using Lab.Trust.Tpm;

namespace Lab.Trust.Tests.Attestation;

/// <summary>A manufacturer of endorsement keys that can be told to do it wrong.</summary>
internal sealed class TestEndorsementCa : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RSA key = RSA.Create(2048);
    private readonly X509Certificate2 root;

    public TestEndorsementCa()
    {
        var request = new CertificateRequest("CN=rig CA", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
    }

    public RSA EkKey { get; } = RSA.Create(2048);

    public EndorsementTrust Trust => new([root]);

    public TpmPublic EkPublic => TpmTemplates.EkRsa2048 with { Unique = EkKey.ExportParameters(false).Modulus! };

    public byte[] Certify(
        string usage = IdentityVerifier.EkCertificateUsage,
        bool named = true,
        bool isCa = false,
        int daysLeft = 30,
        RSA? of = null
    )
    {
        var request = new CertificateRequest("CN=board", of ?? EkKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isCa, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (named)
        {
            request.CertificateExtensions.Add(new X509Extension("2.5.29.17", TpmNames(), critical: true));
        }

        using var certificate = request.Create(root, Now.AddDays(-30), Now.AddDays(daysLeft), [1, 2, 3]);
        return certificate.RawData;
    }

    public void Dispose()
    {
        root.Dispose();
        key.Dispose();
        EkKey.Dispose();
    }

    private static byte[] TpmNames()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4)))
        using (writer.PushSequence())
        {
            foreach (
                var (type, value) in new[]
                {
                    ("2.23.133.2.1", "id:00001014"),
                    ("2.23.133.2.2", "swtpm"),
                    ("2.23.133.2.3", "id:1"),
                }
            )
            {
                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(type);
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
                }
            }
        }

        return writer.Encode();
    }
}
