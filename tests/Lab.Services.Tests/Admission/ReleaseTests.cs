using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using k8s;
using Lab.Services.Admission;

namespace Lab.Services.Tests.Admission;

/// <summary>The token, and what is released with it.</summary>
public sealed class ReleaseTests
{
    [Test]
    public void A_token_has_the_form_that_Kubernetes_demands_and_is_another_each_time()
    {
        var tokens = Enumerable.Range(0, 1000).Select(_ => BootstrapToken.Create()).ToArray();

        Assert.That(
            tokens.Where(token => !Regex.IsMatch(token.Text, @"\A[a-z0-9]{6}\.[a-z0-9]{16}\z", RegexOptions.NonBacktracking)),
            Is.Empty
        );
        Assert.That(tokens.Select(token => token.Secret), Is.Unique);
        Assert.That(tokens[0].ToString(), Is.EqualTo(tokens[0].Id), "its secret is not to end up in a log");
    }

    [TestCase("system:bootstrap:abcdef", ExpectedResult = "abcdef")]
    [TestCase("system:bootstrap:abcde", ExpectedResult = null)]
    [TestCase("system:bootstrap:abcdef ", ExpectedResult = null)]
    [TestCase("system:bootstrap:abcdef\n", ExpectedResult = null)]
    [TestCase("system:bootstrap:ABCDEF", ExpectedResult = null)]
    [TestCase("system:node:abcdef", ExpectedResult = null)]
    [TestCase(null, ExpectedResult = null)]
    public string? A_user_tells_its_token(string? user) => BootstrapToken.FindIdOf(user);

    [Test]
    public async Task The_first_release_has_all_that_a_join_needs_and_a_renewal_nothing_secret()
    {
        await using var lab = new TestLab();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        using var api = new Kubernetes(new KubernetesClientConfiguration { Host = "http://127.0.0.1:1" });
        var cluster = new AdmissionCluster(
            api,
            new Uri("https://10.0.2.2:6443"),
            new Uri("https://127.0.0.1:6443"),
            authority,
            "v1.20.2"
        );
        var options = TestOptions.Of(lab);

        var join = Encoding.UTF8.GetString(
            JoinSecret.ForJoin(
                "virt-1",
                new BootstrapToken("abcdef", "0123456789abcdef"),
                cluster,
                cluster.AuthorityHash,
                options,
                new DateTimeOffset(2026, 11, 23, 18, 0, 0, TimeSpan.FromHours(1))
            )
        );
        var renewal = Encoding.UTF8.GetString(JoinSecret.ForRenewal("virt-1", options));

        var pin = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        Assert.That(
            join,
            Is.EqualTo(
                """{"version":1,"node":"virt-1","token":"abcdef.0123456789abcdef","apiServer":"https://10.0.2.2:6443","""
                    + $"\"caCertHash\":\"sha256:{pin}\","
                    + """
                    "kubernetes":"v1.20.2","attestEverySeconds":15,"podCidr":"10.244.1.0/24","clusterDns":"10.96.0.10","registry":"registry.hwlab","time":"2026-11-23T17:00:00Z"}
                    """
            )
        );
        Assert.That(renewal, Is.EqualTo("""{"version":1,"node":"virt-1","attestEverySeconds":15}"""));
    }
}
