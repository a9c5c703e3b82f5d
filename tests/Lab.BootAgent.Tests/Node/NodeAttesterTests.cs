using System.Net;
using System.Security.Cryptography;
using System.Text;
using Lab.BootAgent.Events;
using Lab.BootAgent.Node;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Node;

/// <summary>With a manufactured software TPM; only the network is not there.</summary>
[Category("RealTpm")]
internal sealed class NodeAttesterTests
{
    private static readonly byte[] Secret = "a join secret"u8.ToArray();

    private readonly StringBuilder console = new();
    private SoftwareTpm board = null!;

    [OneTimeSetUp]
    public void Start() => board = SoftwareTpm.StartWithEkCertificate();

    [OneTimeTearDown]
    public void Stop() => board?.Dispose();

    [SetUp]
    public void Clear() => console.Clear();

    [Test]
    public async Task A_node_proves_itself_and_opens_its_secret()
    {
        using var service = new StandInService(Secret);
        Assert.That(await AttestAsync(service), Is.EqualTo(Secret));
        var quote = TpmAttest.Parse(service.Attest);
        Assert.That(service.SignatureHolds, Is.True);
        Assert.That(quote.ExtraData, Is.EqualTo(service.Nonce));
        Assert.That(quote.Selections, Is.EqualTo([PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8)]));
        Assert.That(service.EventLog, Is.EqualTo("log"u8.ToArray()));
        Assert.That(service.Board, Is.EqualTo("virt-1"));
        Assert.That(console.ToString(), Does.Contain("\"enrolled\",\"ak\":\"000b").And.Contain("\"quoted\""));
    }

    [Test]
    public async Task The_quote_binds_the_key_of_the_node()
    {
        using var key = new NodeKey();
        using var service = new StandInService(Secret);
        await AttestAsync(service, new NodeClaim(key.PublicSha256, Renew: false));
        Assert.That(service.NodeKey, Is.EqualTo(key.PublicSha256));
        Assert.That(service.Renew, Is.False);
        byte[] bound = [.. "hwlab-node-key-v1"u8, .. service.Nonce, .. key.PublicSha256];
        Assert.That(TpmAttest.Parse(service.Attest).ExtraData, Is.EqualTo(SHA256.HashData(bound)));
        Assert.That(console.ToString(), Does.Contain($"\"nodeKey\":\"{Convert.ToHexStringLower(key.PublicSha256)}\""));
    }

    [Test]
    public async Task A_renewal_says_so_and_says_nothing_on_the_console()
    {
        using var service = new StandInService(Secret) { Renewal = "{}"u8.ToArray() };
        var released = await AttestAsync(service, new NodeClaim(new byte[32], Renew: true));
        Assert.That(released, Is.EqualTo("{}"u8.ToArray()));
        Assert.That(service.Renew, Is.True);
        Assert.That(console.ToString(), Is.Empty);
    }

    [Test]
    public async Task A_credential_for_another_TPM_is_not_opened()
    {
        using var other = SoftwareTpm.Start();
        using var tpm = other.Open();
        using var key = tpm.CreateEk();
        using var service = new StandInService(Secret) { OtherEndorsementKey = key.Public };
        Assert.That((await DenialAsync(service)).Code, Is.EqualTo("activation-failed"));
    }

    [Test]
    public async Task A_denial_is_passed_on_with_its_PCR()
    {
        const string Body = """{"code":"reference-value","detail":"PCR 4 differs","pcr":4}""";
        using var service = new StandInService(Secret) { Denial = (HttpStatusCode.Forbidden, Body) };
        var denial = await DenialAsync(service);
        Assert.That((denial.Code, denial.Message, denial.Pcr), Is.EqualTo(("reference-value", "PCR 4 differs", (int?)4)));
    }

    [TestCase(HttpStatusCode.InternalServerError, "oops")]
    [TestCase(HttpStatusCode.NotFound, "{}")]
    [TestCase(HttpStatusCode.OK, "{}")]
    [TestCase(HttpStatusCode.OK, "[")]
    public async Task Answers_that_make_no_sense_end_the_attestation(HttpStatusCode status, string body)
    {
        using var service = new StandInService(Secret) { Denial = (status, body) };
        Assert.That((await DenialAsync(service)).Code, Is.EqualTo("protocol"));
    }

    [Test]
    public async Task An_endless_answer_ends_the_attestation()
    {
        using var service = new StandInService(Secret) { Denial = (HttpStatusCode.OK, new string(' ', 100_000)) };
        Assert.That((await DenialAsync(service)).Code, Is.EqualTo("protocol"));
    }

    [Test]
    public async Task Another_bank_is_not_quoted()
    {
        using var service = new StandInService(Secret) { Bank = "sha1" };
        Assert.That((await DenialAsync(service)).Code, Is.EqualTo("protocol"));
        Assert.That(service.Attest, Is.Null);
    }

    private async Task<DenialException> DenialAsync(StandInService service) =>
        (await Assert.ThrowsAsync<DenialException>(() => AttestAsync(service)))!;

    private async Task<byte[]> AttestAsync(StandInService service, NodeClaim? claim = null)
    {
        using var tpm = board.Open();
        using var http = new HttpClient(service, disposeHandler: false);
        var events = new EventWriter(bytes => console.Append(Encoding.UTF8.GetString(bytes.Span)), "node");
        var client = new AttestationClient(http, new Uri("http://10.0.2.2:8080"));
        return await new NodeAttester(tpm, client, events).AttestAsync(
            "virt-1",
            "log"u8.ToArray(),
            claim,
            CancellationToken.None
        );
    }
}
