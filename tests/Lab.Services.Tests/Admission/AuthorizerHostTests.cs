using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lab.Services.Admission;

namespace Lab.Services.Tests.Admission;

/// <summary>Only who has the kubeconfig is answered, and it finds the real authorizer with it.</summary>
public sealed class AuthorizerHostTests
{
    private const string Node = """
        {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"system:node:virt-1"}}
        """;

    private TestLab _lab = null!;
    private NodeAdmission _admission = null!;
    private HttpClient _client = null!;
    private Uri _server = null!;
    private string _token = null!;

    [SetUp]
    public async Task SetUp()
    {
        _lab = new TestLab();
        _admission = await NodeAdmission.StartAsync(TestOptions.Of(_lab), TimeProvider.System, CancellationToken.None);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(_admission.AuthorizerKubeconfigPath))!;
        var cluster = config["clusters"]![0]!["cluster"]!;
        _server = new Uri((string)cluster["server"]!);
        _token = (string)config["users"]![0]!["user"]!["token"]!;
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String((string)cluster["certificate-authority-data"]!));
        var authority = X509Certificate2.CreateFromPem(pem);
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions =
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) =>
                        shown!.GetRawCertData().SequenceEqual(authority.RawData),
                },
            }
        );
    }

    [TearDown]
    public async Task TearDown()
    {
        _client?.Dispose();
        if (_admission is not null)
            await _admission.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Test]
    public void The_kubeconfig_is_this_users_alone() =>
        Assert.That(
            File.GetUnixFileMode(_admission.AuthorizerKubeconfigPath),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite)
        );

    [Test]
    public async Task The_API_server_is_answered()
    {
        using var answer = await AskAsync($"Bearer {_token}", Node);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((bool?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!["denied"], Is.True);
    }

    [Test]
    public async Task Nobody_else_is_answered()
    {
        foreach (
            var shown in new[]
            {
                null,
                "",
                "Bearer",
                "Bearer ",
                $"bearer {_token}",
                $"Bearer {_token}0",
                $"Bearer {_token[..^1]}",
                $"Basic {_token}",
            }
        )
        {
            using var answer = await AskAsync(shown, Node);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), shown);
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty);
        }
    }

    [Test]
    public async Task A_review_over_the_limit_is_not_read()
    {
        using var answer = await AskAsync($"Bearer {_token}", new string(' ', 300 * 1024));
        Assert.That(answer.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
    }

    private async Task<HttpResponseMessage> AskAsync(string? authorization, string review)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _server)
        {
            Content = new StringContent(review, new MediaTypeHeaderValue("application/json")),
        };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await _client.SendAsync(request);
    }
}
