using System.Net;
using System.Text.Json;
using Lab.Services.Hosting;
using Lab.Services.Registry;
using Lab.Services.Workloads;

namespace Lab.Services.Tests.Registry;

/// <summary>Boards only read; who changes the registry comes by the publishers' door with the run's credential.</summary>
public sealed class PublisherTests
{
    private static readonly WorkloadImage Hello = new(
        "fleet/hello",
        "1",
        ["/bin/busybox", "httpd"],
        new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["bin/busybox"] = TestLab.Noise(300) },
        new Dictionary<string, string>(StringComparer.Ordinal)
    );

    private TestRegistry _served = null!;

    [SetUp]
    public async Task SetUp() => _served = await TestRegistry.StartAsync();

    [TearDown]
    public async Task TearDown() => await _served.DisposeAsync();

    [TestCase("POST", "blobs/uploads/")]
    [TestCase("POST", "blobs/uploads/?digest=sha256:00")]
    [TestCase("POST", "blobs/uploads/?mount=sha256:00&from=other")]
    [TestCase("PATCH", "blobs/uploads/0011")]
    [TestCase("PUT", "blobs/uploads/0011?digest=sha256:00")]
    [TestCase("GET", "blobs/uploads/0011")]
    [TestCase("DELETE", "blobs/uploads/0011")]
    [TestCase("PUT", "manifests/1")]
    [TestCase("DELETE", "manifests/1")]
    [TestCase("DELETE", "blobs/sha256:00")]
    public async Task A_board_that_pushes_or_deletes_is_told_that_the_registry_is_read_only(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/v2/fleet/hello/{path}");
        if (method is not "GET")
            request.Content = new ByteArrayContent([1, 2]);
        request.Headers.Authorization = TestRegistry.Basic(_served.Publisher.User, _served.Publisher.Password);

        var answer = await _served.Board.SendAsync(request);

        Assert.That(await ErrorAsync(answer), Is.EqualTo((HttpStatusCode.Forbidden, "DENIED")));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("read-only for boards"));
        Assert.That(_served.Registry.Names, Is.Empty);
    }

    [Test]
    public async Task A_board_reads_what_was_published()
    {
        var digest = await WorkloadImageWriter.PublishAsync(_served.Registry, Hello, CancellationToken.None);

        var answer = await _served.Board.GetAsync("/v2/fleet/hello/manifests/1");

        Assert.That(answer.Headers.GetValues("Docker-Content-Digest"), Is.EqualTo([digest.ToString()]));
    }

    [Test]
    public async Task The_publishers_door_opens_to_the_runs_credential_only()
    {
        Assert.That((await _served.Client.GetAsync("/v2/")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        foreach (
            var header in new[]
            {
                null,
                TestRegistry.Basic(_served.Publisher.User, "wrong"),
                TestRegistry.Basic("somebody", _served.Publisher.Password),
                new("Basic", "no base64"),
                new("Bearer", _served.Publisher.Password),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/");
            request.Headers.Authorization = header;
            var answer = await _served.Stranger.SendAsync(request);

            Assert.That(await ErrorAsync(answer), Is.EqualTo((HttpStatusCode.Unauthorized, "UNAUTHORIZED")), $"{header}");
            Assert.That(answer.Headers.WwwAuthenticate.Single().Scheme, Is.EqualTo("Basic"));
        }
    }

    [Test]
    public async Task A_tag_of_the_labs_own_names_the_same_for_the_whole_run()
    {
        var digest = await WorkloadImageWriter.PublishAsync(_served.Registry, Hello, CancellationToken.None);
        var config = await _served.PushAsync("fleet/hello", "{}"u8.ToArray());
        var other =
            $$"""{"schemaVersion":2,"mediaType":"{{OsManifest.MediaType}}","config":{"mediaType":"a/b","digest":"{{config}}","size":2},"layers":[]}""";

        var moved = await _served.PutManifestAsync("fleet/hello", "1", other);
        var untagged = await _served.Client.DeleteAsync("/v2/fleet/hello/manifests/1");
        var removed = await _served.Client.DeleteAsync($"/v2/fleet/hello/manifests/{digest}");
        var beside = await _served.PutManifestAsync("fleet/hello", "2", other);

        foreach (var refused in new[] { moved, untagged, removed })
            Assert.That(await ErrorAsync(refused), Is.EqualTo((HttpStatusCode.Forbidden, "DENIED")));
        Assert.That(beside.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        var answer = await _served.Board.GetAsync("/v2/fleet/hello/manifests/1");
        Assert.That(answer.Headers.GetValues("Docker-Content-Digest"), Is.EqualTo([digest.ToString()]));
    }

    [Test]
    public void Each_run_has_a_password_of_its_own() =>
        Assert.That(
            new PublisherCredential().Password,
            Has.Length.EqualTo(64).And.Not.EqualTo(new PublisherCredential().Password)
        );

    private static async Task<(HttpStatusCode, string?)> ErrorAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, json.RootElement.GetProperty("errors")[0].GetProperty("code").GetString());
    }
}
