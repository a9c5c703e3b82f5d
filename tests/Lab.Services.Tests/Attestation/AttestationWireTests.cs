using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Lab.Services.Tests.Attestation;

/// <summary>Whatever comes to the service's door, it answers in its own words and stays up.</summary>
public sealed class AttestationWireTests
{
    private TestAttestation _attestation = null!;

    [OneTimeSetUp]
    public async Task SetUp() => _attestation = await TestAttestation.StartAsync();

    [OneTimeTearDown]
    public async Task TearDown()
    {
        if (_attestation is not null)
            await _attestation.DisposeAsync();
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"session":"a"}""")]
    [TestCase("""{"session":null,"credential":""}""")]
    [TestCase("""{"session":"a","credential":"not base64!"}""")]
    [TestCase("""{"session":"a","credential":"","more":1}""")]
    [TestCase("""{"session":"a","session":"b","credential":""}""")]
    [TestCase("""{"session":{"a":{"b":{"c":{"d":1}}}},"credential":""}""")]
    public async Task What_is_no_request_is_refused(string body)
    {
        var answer = await PostAsync("activate", Encoding.UTF8.GetBytes(body));

        Assert.That(answer, Is.EqualTo((HttpStatusCode.BadRequest, "limits")));
    }

    [Test]
    public async Task A_board_with_a_bad_name_is_refused([Values("", "../up", "UPPER", "a b", "x\n")] string name)
    {
        var body = new JsonObject
        {
            ["board"] = name,
            ["ekCertificate"] = "",
            ["ekPublic"] = "",
            ["akPublic"] = "",
        };

        Assert.That(
            await PostAsync("enrol", Encoding.UTF8.GetBytes(body.ToJsonString())),
            Is.EqualTo((HttpStatusCode.BadRequest, "limits"))
        );
    }

    [Test]
    public async Task A_request_over_the_limit_is_refused() =>
        Assert.That(
            await PostAsync("enrol", Encoding.UTF8.GetBytes($$"""{"board":"{{new string('a', 70_000)}}"}""")),
            Is.EqualTo((HttpStatusCode.RequestEntityTooLarge, "limits"))
        );

    [Test]
    public async Task Noise_is_refused_in_the_services_own_words([Range(0, 59)] int seed)
    {
        var random = new Random(seed);
        var request = new JsonObject
        {
            ["board"] = "virt-1",
            ["ekCertificate"] = Noise(),
            ["ekPublic"] = Noise(),
            ["akPublic"] = Noise(),
        };
        var bytes = Encoding.UTF8.GetBytes(request.ToJsonString());
        if (seed % 2 == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

        var (status, code) = await PostAsync("enrol", bytes);

        Assert.That((int)status, Is.InRange(400, 403));
        Assert.That(code, Is.Not.Empty);

        string Noise() => Convert.ToBase64String(TestLab.Noise(random.Next(2000), random.Next()));
    }

    private async Task<(HttpStatusCode Status, string? Code)> PostAsync(string step, byte[] body)
    {
        var answer = await _attestation.Client.PostAsync($"/attest/v1/{step}", new ByteArrayContent(body));
        return (answer.StatusCode, (string?)(await TestBoard.ReadAsync(answer))["code"]);
    }
}
