using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lab.Services.Admission;

namespace Lab.Services.Tests.Admission;

/// <summary>A request is written by whoever has a token: only what a kubelet writes is read.</summary>
public sealed class CertificateRequestReaderTests
{
    private ECDsa _key = null!;

    [OneTimeSetUp]
    public void SetUp() => _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [OneTimeTearDown]
    public void TearDown() => _key.Dispose();

    [Test]
    public void A_kubelets_request_is_read()
    {
        var read = CertificateRequestReader.Read(TestRequests.Pem(_key, TestRequests.NodeSubject("virt-1")));

        Assert.That(read, Is.EqualTo(new NodeCertificateRequest("virt-1", TestRequests.KeySha256(_key))));
    }

    [Test]
    public void A_subject_that_is_not_a_nodes_is_refused()
    {
        const string cn = "2.5.4.3";
        const string o = "2.5.4.10";
        foreach (
            var parts in new (string, string)[][]
            {
                [],
                [(cn, "system:node:virt-1")],
                [(o, "system:nodes")],
                [(o, "system:nodes"), (cn, "virt-1")],
                [(o, "system:nodes"), (cn, "system:node:")],
                [(o, "system:nodes"), (cn, "System:node:virt-1")],
                [(o, "system:masters"), (cn, "system:node:virt-1")],
                [(o, "system:nodes"), (o, "system:masters"), (cn, "system:node:virt-1")],
                [(o, "system:masters"), (o, "system:nodes"), (cn, "system:node:virt-1")],
                [(o, "system:nodes"), (cn, "system:node:virt-1"), (cn, "system:node:virt-2")],
                [(o, "system:nodes"), ("2.5.4.11", "unit"), (cn, "system:node:virt-1")],
                [(o, "system:nodes"), (cn, "system:node:virt-1"), ("2.5.4.5", "1")],
            }
        )
        {
            Refused(TestRequests.Pem(_key, TestRequests.Subject(parts)), string.Join(' ', parts));
        }
    }

    [Test]
    public void A_subject_with_several_values_in_one_part_is_refused()
    {
        // SET { O=system:nodes, CN=system:node:virt-1 } as one relative name.
        var subject = new X500DistinguishedName("O=system:nodes+CN=system:node:virt-1");
        Refused(TestRequests.Pem(_key, subject), "multi-valued");
    }

    [Test]
    public void Extensions_are_refused()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("kubernetes");
        Refused(
            TestRequests.Pem(
                _key,
                TestRequests.NodeSubject("virt-1"),
                request => request.CertificateExtensions.Add(names.Build())
            ),
            "SAN"
        );
        Refused(
            TestRequests.Pem(
                _key,
                TestRequests.NodeSubject("virt-1"),
                request => request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true))
            ),
            "CA"
        );
    }

    [Test]
    public void Other_attributes_are_refused() =>
        Refused(
            TestRequests.Pem(
                _key,
                TestRequests.NodeSubject("virt-1"),
                request => request.OtherRequestAttributes.Add(new AsnEncodedData("1.2.840.113549.1.9.7", [0x0c, 1, (byte)'a']))
            ),
            "challenge password"
        );

    [Test]
    public void Other_keys_are_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Refused(TestRequests.Pem(p384, TestRequests.NodeSubject("virt-1")), "P-384");
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest(
            TestRequests.NodeSubject("virt-1"),
            rsa,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        Refused(Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()), "RSA");
    }

    [Test]
    public void A_request_that_its_key_did_not_sign_is_refused()
    {
        var der = new CertificateRequest(
            TestRequests.NodeSubject("virt-1"),
            _key,
            HashAlgorithmName.SHA256
        ).CreateSigningRequest();
        // The key's last byte.
        var spki = _key.ExportSubjectPublicKeyInfo();
        der[der.AsSpan().IndexOf(spki) + spki.Length - 1] ^= 1;
        Refused(Pem(der), "changed key");
        der[der.AsSpan().IndexOf("virt-1"u8) + 5] ^= 1;
        Refused(Pem(der), "changed name");
    }

    [Test]
    public void Two_blocks_another_label_and_text_around_are_refused()
    {
        var good = Encoding.ASCII.GetString(TestRequests.Pem(_key, TestRequests.NodeSubject("virt-1")));
        foreach (
            var text in new[]
            {
                "",
                "x",
                good + "\n" + good,
                "text\n" + good,
                good + "\ntext",
                good.Replace("REQUEST", "X", StringComparison.Ordinal),
            }
        )
        {
            Refused(Encoding.ASCII.GetBytes(text), text[..Math.Min(text.Length, 20)]);
        }
        Assert.That(() => CertificateRequestReader.Read(Encoding.ASCII.GetBytes(good + "\n\n")), Throws.Nothing);
    }

    [Test]
    public void Huge_requests_are_refused() => Refused(new byte[1 << 20], "huge");

    [Test]
    public void Whatever_comes_it_is_read_or_refused([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var der = new CertificateRequest(
            TestRequests.NodeSubject("virt-1"),
            _key,
            HashAlgorithmName.SHA256
        ).CreateSigningRequest();
        for (var round = 0; round < 1500; round++)
        {
            var bytes = der.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                // Only the very same request can still be signed.
                CertificateRequestReader.Read(Pem(bytes));
                Assert.That(bytes, Is.EqualTo(der));
            }
            catch (FormatException) { }
        }
    }

    private static byte[] Pem(byte[] der) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE REQUEST", der));

    private static void Refused(byte[] pem, string what) =>
        Assert.That(() => CertificateRequestReader.Read(pem), Throws.TypeOf<FormatException>(), what);
}
