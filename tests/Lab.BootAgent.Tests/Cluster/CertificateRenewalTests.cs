using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Lab.BootAgent.Cluster;
using Lab.BootAgent.Events;
using Lab.BootAgent.Node;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Cluster;

internal sealed class CertificateRenewalTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero);

    private readonly StringBuilder console = new();
    private FakeTimeProvider time = new(Start);
    private readonly NodeKey key = new();
    private string root = "";
    private JoinFiles files = null!;
    private Func<string, string> authority = null!;
    private int restarts;
    private int asked;

    [SetUp]
    public void Make_a_node()
    {
        console.Clear();
        (restarts, asked) = (0, 0);
        time = new FakeTimeProvider(Start);
        root = Directory.CreateTempSubdirectory("hwlab-renewal-").FullName + "/";
        files = new JoinFiles(root);
        authority = request => Sign(request, TimeSpan.FromHours(1));
        Directory.CreateDirectory(Path.GetDirectoryName(files.NodeCertificate)!);
    }

    [TearDown]
    public void Remove_the_node() => Directory.Delete(root, recursive: true);

    [OneTimeTearDown]
    public void Forget_the_key() => key.Dispose();

    [Test]
    public async Task Nothing_happens_before_the_node_has_a_certificate()
    {
        await Renewal().RenewIfDueAsync("virt-1", CancellationToken.None);
        Assert.That((asked, restarts), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task It_is_renewed_at_half_of_its_life_for_the_same_key()
    {
        files.ReplaceCertificate(Sign(key.CreateSigningRequest("virt-1"), TimeSpan.FromHours(1)), key);
        var renewal = Renewal();
        await renewal.RenewIfDueAsync("virt-1", CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(29));
        await renewal.RenewIfDueAsync("virt-1", CancellationToken.None);
        Assert.That(asked, Is.Zero);

        time.Advance(TimeSpan.FromMinutes(2));
        await renewal.RenewIfDueAsync("virt-1", CancellationToken.None);

        Assert.That((asked, restarts), Is.EqualTo((1, 1)));
        using var current = X509Certificate2.CreateFromPemFile(files.NodeCertificate);
        Assert.That(current.NotAfter.ToUniversalTime(), Is.EqualTo(Start.AddMinutes(91).UtcDateTime));
        Assert.That(current.Subject, Is.EqualTo("O=system:nodes, CN=system:node:virt-1"));
        Assert.That(SHA256.HashData(current.PublicKey.ExportSubjectPublicKeyInfo()), Is.EqualTo(key.PublicSha256));
        Assert.That(File.GetUnixFileMode(files.NodeCertificate), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(console.ToString(), Does.Contain("\"event\":\"certificate\",\"expires\":\"2026-11-23T18:31:00Z\""));
        await renewal.RenewIfDueAsync("virt-1", CancellationToken.None);
        Assert.That(asked, Is.EqualTo(1), "the new one is not due");
    }

    [Test]
    public async Task A_renewal_that_fails_leaves_the_old_one_and_is_tried_again()
    {
        var old = Sign(key.CreateSigningRequest("virt-1"), TimeSpan.FromHours(1));
        files.ReplaceCertificate(old, key);
        var renewal = Renewal();
        await renewal.RenewIfDueAsync("virt-1", CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(31));
        using var foreign = new NodeKey();
        Func<string, string>[] failures =
        [
            _ => throw new HttpRequestException("connection refused"),
            _ => throw new SigningDeniedException("foreign-key: no"),
            _ => throw new OperationCanceledException(),
            _ => "no certificate",
            _ => Sign(foreign.CreateSigningRequest("virt-1"), TimeSpan.FromHours(1)),
        ];
        foreach (var failure in failures)
        {
            authority = failure;
            await renewal.RenewIfDueAsync("virt-1", CancellationToken.None);
            Assert.That(await File.ReadAllTextAsync(files.NodeCertificate), Does.StartWith(old.TrimEnd()));
        }

        Assert.That((asked, restarts), Is.EqualTo((failures.Length, 0)));
        Assert.That(console.ToString(), Does.Contain("connection refused").And.Contain("another key"));
        authority = request => Sign(request, TimeSpan.FromHours(1));
        await renewal.RenewIfDueAsync("virt-1", CancellationToken.None);
        Assert.That(restarts, Is.EqualTo(1));
    }

    [TestCase("""{"object":{"metadata":{}}}""", null)]
    [TestCase("""{"object":{"status":{"conditions":[{"type":"Approved"}]}}}""", null)]
    [TestCase("""{"object":{"status":{"conditions":[{"type":"Approved"}],"certificate":"UEVN"}}}""", "PEM")]
    public void The_certificate_is_read_from_the_watch(string line, string? certificate)
    {
        using var json = JsonDocument.Parse(line);
        Assert.That(SigningClient.Read(json.RootElement), Is.EqualTo(certificate));
    }

    [Test]
    public void A_denial_is_told_with_its_reason()
    {
        using var json = JsonDocument.Parse(
            """{"object":{"status":{"conditions":[{"type":"Denied","reason":"not-attested","message":"silence"}]}}}"""
        );
        Assert.That(
            () => SigningClient.Read(json.RootElement),
            Throws.TypeOf<SigningDeniedException>().With.Message.EqualTo("not-attested: silence")
        );
    }

    private CertificateRenewal Renewal() =>
        new(
            files,
            key,
            (_, request, _) =>
            {
                asked++;
                return Task.FromResult(authority(request));
            },
            () =>
            {
                restarts++;
                return Task.CompletedTask;
            },
            new EventWriter(bytes => console.Append(Encoding.UTF8.GetString(bytes.Span)), "node"),
            time
        );

    private string Sign(string request, TimeSpan life)
    {
        var asked = CertificateRequest.LoadSigningRequestPem(request, HashAlgorithmName.SHA256);
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = asked.Create(
            new X500DistinguishedName("CN=kubernetes"),
            X509SignatureGenerator.CreateForECDsa(signer),
            // Signers put it into the past, against clocks that are behind.
            time.GetUtcNow().AddMinutes(-5),
            time.GetUtcNow() + life,
            RandomNumberGenerator.GetBytes(8)
        );
        return signed.ExportCertificatePem() + "\n";
    }
}
