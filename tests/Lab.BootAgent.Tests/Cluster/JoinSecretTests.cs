using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Lab.BootAgent.Cluster;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Cluster;

internal sealed class JoinSecretTests
{
    [Test]
    public void A_secret_says_how_to_join()
    {
        var secret = JoinSecret.Parse(Bytes(Good()));
        Assert.That(secret.Node, Is.EqualTo("virt-1"));
        Assert.That(secret.Token, Is.EqualTo("abcdef.0123456789abcdef"));
        Assert.That(secret.ApiServer, Is.EqualTo(new Uri("https://10.0.2.2:6443")));
        Assert.That(secret.Kubernetes, Is.EqualTo(new Version(1, 20, 2)));
        Assert.That(secret.AttestEvery, Is.EqualTo(TimeSpan.FromSeconds(15)));
        Assert.That(secret.PodCidr, Is.EqualTo(IPNetwork.Parse("10.244.1.0/24")));
        Assert.That(secret.Registry, Is.EqualTo("registry.hwlab"));
        Assert.That(secret.Time, Is.Null);
    }

    [Test]
    public void A_secret_may_say_the_time()
    {
        var secret = Good();
        secret["time"] = "2026-11-23T17:00:00.5Z";
        Assert.That(
            JoinSecret.Parse(Bytes(secret)).Time,
            Is.EqualTo(new DateTimeOffset(2026, 11, 23, 17, 0, 0, 500, TimeSpan.Zero))
        );
    }

    [TestCase("version", "\"1\"")]
    [TestCase("version", "2")]
    [TestCase("node", "\"Virt 1\"")]
    [TestCase("node", "\"a\\\"\\nkind: Pod\"")]
    [TestCase("token", "\"abcdef.0123456789abcdef\\n\"")]
    [TestCase("token", "\"abcdef\"")]
    [TestCase("apiServer", "\"http://10.0.2.2:6443\"")]
    [TestCase("apiServer", "\"https://10.0.2.2:6443/x\"")]
    [TestCase("apiServer", "\"https://10.0.2.2:99999\"")]
    [TestCase("caCertHash", "\"sha256:00\"")]
    [TestCase("kubernetes", "\"1.20.2\"")]
    [TestCase("attestEverySeconds", "0")]
    [TestCase("attestEverySeconds", "1e9")]
    [TestCase("podCidr", "\"10.244.1.0/33\"")]
    [TestCase("podCidr", "\"10.244.1.0\"")]
    [TestCase("registry", "\"../../etc\"")]
    [TestCase("registry", "null")]
    [TestCase("time", "\"yesterday\"")]
    [TestCase("time", "1")]
    public void A_field_that_is_not_what_it_should_be_is_refused_by_name(string name, string value)
    {
        var secret = Good();
        secret[name] = JsonNode.Parse(value);
        Assert.That(() => JoinSecret.Parse(Bytes(secret)), Throws.TypeOf<FormatException>().With.Message.Contains(name));
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("\u0001\u0002\u0003")]
    [TestCase("""{"version":1}""")]
    public void What_is_no_secret_is_refused(string text) =>
        Assert.That(() => JoinSecret.Parse(Encoding.UTF8.GetBytes(text)), Throws.TypeOf<FormatException>());

    [Test]
    public void A_message_never_shows_the_token()
    {
        var secret = Good();
        secret["token"] = "SECRET";
        Assert.That(() => JoinSecret.Parse(Bytes(secret)), Throws.TypeOf<FormatException>().With.Message.Not.Contains("SECRET"));
    }

    [Test]
    public void A_renewal_is_for_this_node_and_may_change_the_pace()
    {
        var renewal = """{"version":1,"node":"virt-1","attestEverySeconds":30}"""u8.ToArray();
        Assert.That(JoinSecret.ParseRenewal(renewal, "virt-1"), Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(() => JoinSecret.ParseRenewal(renewal, "virt-2"), Throws.TypeOf<FormatException>());
        Assert.That(() => JoinSecret.ParseRenewal("x"u8.ToArray(), "virt-1"), Throws.TypeOf<FormatException>());
    }

    /// <summary>A join of a cluster of this version.</summary>
    internal static JoinSecret Example(string kubernetes = "v1.20.2")
    {
        var secret = Good();
        secret["kubernetes"] = kubernetes;
        return JoinSecret.Parse(Bytes(secret));
    }

    private static JsonObject Good() =>
        new()
        {
            ["version"] = 1,
            ["node"] = "virt-1",
            ["token"] = "abcdef.0123456789abcdef",
            ["apiServer"] = "https://10.0.2.2:6443",
            ["caCertHash"] = $"sha256:{new string('a', 64)}",
            ["kubernetes"] = "v1.20.2",
            ["attestEverySeconds"] = 15,
            ["podCidr"] = "10.244.1.0/24",
            ["clusterDns"] = "10.96.0.10",
            ["registry"] = "registry.hwlab",
        };

    private static byte[] Bytes(JsonObject secret) => Encoding.UTF8.GetBytes(secret.ToJsonString());
}
