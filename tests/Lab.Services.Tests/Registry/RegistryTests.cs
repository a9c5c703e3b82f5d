using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Lab.Services.Registry;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Services.Tests.Registry;

public sealed class RegistryTests
{
    private static readonly byte[] Config = "{}"u8.ToArray();

    private TestRegistry _served = null!;

    [SetUp]
    public async Task SetUp() => _served = await TestRegistry.StartAsync();

    [TearDown]
    public async Task TearDown() => await _served.DisposeAsync();

    private HttpClient Client => _served.Client;

    [Test]
    public async Task I_can_ask_whether_it_is_a_registry() =>
        Assert.That((await Client.GetAsync("/v2/")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

    [Test]
    public async Task I_can_push_in_one_request_and_pull()
    {
        var content = TestLab.Noise(300_000);

        var digest = await _served.PushAsync("a/b", content);

        Assert.That(await Client.GetByteArrayAsync($"/v2/a/b/blobs/{digest}"), Is.EqualTo(content));
        var head = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v2/a/b/blobs/{digest}"));
        Assert.That(head.Content.Headers.ContentLength, Is.EqualTo(content.Length));
        Assert.That(head.Headers.GetValues("Docker-Content-Digest"), Is.EqualTo([digest]));
    }

    [Test]
    public async Task I_can_push_in_chunks()
    {
        var content = TestLab.Noise(250_000);
        var digest = ContentDigest.Of(content).ToString();
        var begun = await Client.PostAsync("/v2/a/blobs/uploads/", null);
        Assert.That(begun.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        var location = begun.Headers.Location!;

        var first = await Client.PatchAsync(location, Chunk(content, 0, 100_000));
        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(first.Headers.GetValues("Range"), Is.EqualTo(["0-99999"]));
        var status = await Client.GetAsync(location);
        Assert.That(status.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(status.Headers.GetValues("Range"), Is.EqualTo(["0-99999"]));
        var skipped = await Client.PatchAsync(location, Chunk(content, 150_000, 50_000));
        Assert.That(skipped.StatusCode, Is.EqualTo(HttpStatusCode.RequestedRangeNotSatisfiable));
        await Client.PatchAsync(location, Chunk(content, 100_000, 100_000));
        var done = await Client.PutAsync($"{location}?digest={digest}", Chunk(content, 200_000, 50_000));

        Assert.That(done.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(await Client.GetByteArrayAsync(done.Headers.Location), Is.EqualTo(content));
        Assert.That((await Client.GetAsync(location)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_wrong_digest_is_refused_and_nothing_is_stored()
    {
        var wrong = ContentDigest.Of([1]).ToString();

        var answer = await Client.PostAsync($"/v2/a/blobs/uploads/?digest={wrong}", new ByteArrayContent([2]));

        Assert.That(await CodeAsync(answer), Is.EqualTo((HttpStatusCode.BadRequest, "DIGEST_INVALID")));
        Assert.That((await Client.GetAsync($"/v2/a/blobs/{wrong}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(Directory.GetFiles(_served.Lab.PathOf("registry/incoming")), Is.Empty);
    }

    [Test]
    public async Task I_can_cancel_an_upload()
    {
        var begun = await Client.PostAsync("/v2/a/blobs/uploads/", null);

        Assert.That((await Client.DeleteAsync(begun.Headers.Location)).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(
            await CodeAsync(await Client.GetAsync(begun.Headers.Location)),
            Is.EqualTo((HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN"))
        );
    }

    [Test]
    public async Task An_upload_belongs_to_its_repository()
    {
        var begun = await Client.PostAsync("/v2/a/blobs/uploads/", null);
        var elsewhere = begun.Headers.Location!.ToString().Replace("/v2/a/", "/v2/b/", StringComparison.Ordinal);

        Assert.That((await Client.GetAsync(elsewhere)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task I_can_mount_a_blob_from_another_repository_but_not_guess_one()
    {
        var digest = await _served.PushAsync("a", [1, 2, 3]);

        var unknown = await Client.GetAsync($"/v2/b/blobs/{digest}");
        var mounted = await Client.PostAsync($"/v2/b/blobs/uploads/?mount={digest}&from=a", null);
        var guessed = await Client.PostAsync($"/v2/c/blobs/uploads/?mount={digest}&from=nobody", null);

        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(mounted.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(await Client.GetByteArrayAsync($"/v2/b/blobs/{digest}"), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(guessed.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
    }

    [TestCase("bytes=0-9", 0, 10)]
    [TestCase("bytes=990-", 990, 10)]
    [TestCase("bytes=-5", 995, 5)]
    public async Task I_can_pull_a_range(string range, int start, int length)
    {
        var content = TestLab.Noise(1000);
        var digest = await _served.PushAsync("a", content);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v2/a/blobs/{digest}");
        request.Headers.Range = RangeHeaderValue.Parse(range);

        var answer = await Client.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
        Assert.That(await answer.Content.ReadAsByteArrayAsync(), Is.EqualTo(content[start..(start + length)]));
    }

    [Test]
    public async Task I_can_push_a_manifest_by_tag_and_pull_it_by_tag_and_digest()
    {
        var json = await ManifestAsync("a");

        var pushed = await _served.PutManifestAsync("a", "v1", json);
        var digest = pushed.Headers.GetValues("Docker-Content-Digest").Single();

        Assert.That(pushed.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(digest, Is.EqualTo(ContentDigest.Of(Encoding.UTF8.GetBytes(json)).ToString()));
        foreach (var reference in new[] { "v1", digest })
        {
            var pulled = await Client.GetAsync($"/v2/a/manifests/{reference}");
            Assert.That(await pulled.Content.ReadAsStringAsync(), Is.EqualTo(json));
            Assert.That(pulled.Content.Headers.ContentType!.MediaType, Is.EqualTo(OsManifest.MediaType));
        }
    }

    [Test]
    public async Task Tags_and_repositories_are_listed_in_pages()
    {
        var json = await ManifestAsync("a");
        foreach (var tag in new[] { "c", "a", "b" })
            await _served.PutManifestAsync("a", tag, json);

        var first = await Client.GetAsync("/v2/a/tags/list?n=2");
        var next = await Client.GetStringAsync("/v2/a/tags/list?n=2&last=b");

        Assert.That(await first.Content.ReadAsStringAsync(), Is.EqualTo("""{"name":"a","tags":["a","b"]}"""));
        Assert.That(first.Headers.GetValues("Link").Single(), Is.EqualTo("</v2/a/tags/list?n=2&last=b>; rel=\"next\""));
        Assert.That(next, Is.EqualTo("""{"name":"a","tags":["c"]}"""));
        Assert.That(await Client.GetStringAsync("/v2/_catalog"), Is.EqualTo("""{"repositories":["a"]}"""));
    }

    [Test]
    public async Task Referrers_are_found_by_subject_and_filtered_by_type()
    {
        var json = await ManifestAsync("a");
        var subject = (await _served.PutManifestAsync("a", "v1", json)).Headers.GetValues("Docker-Content-Digest").Single();
        var referrer = await ManifestAsync(
            "a",
            $$""","artifactType":"x/y","subject":{"mediaType":"{{OsManifest.MediaType}}","digest":"{{subject}}","size":{{json.Length}}}"""
        );

        var pushed = await _served.PutManifestAsync("a", ContentDigest.Of(Encoding.UTF8.GetBytes(referrer)).ToString(), referrer);
        using var all = JsonDocument.Parse(await Client.GetStringAsync($"/v2/a/referrers/{subject}"));
        using var none = JsonDocument.Parse(await Client.GetStringAsync($"/v2/a/referrers/{subject}?artifactType=z/z"));

        Assert.That(pushed.Headers.GetValues("OCI-Subject"), Is.EqualTo([subject]));
        Assert.That(all.RootElement.GetProperty("manifests")[0].GetProperty("artifactType").GetString(), Is.EqualTo("x/y"));
        Assert.That(none.RootElement.GetProperty("manifests").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task I_can_delete_tags_manifests_and_blobs()
    {
        var json = await ManifestAsync("a");
        var digest = (await _served.PutManifestAsync("a", "v1", json)).Headers.GetValues("Docker-Content-Digest").Single();
        var blob = await _served.PushAsync("a", [9]);

        Assert.That((await Client.DeleteAsync("/v2/a/manifests/v1")).StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That((await Client.GetAsync($"/v2/a/manifests/{digest}")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Client.DeleteAsync($"/v2/a/manifests/{digest}")).StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That((await Client.GetAsync($"/v2/a/manifests/{digest}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await Client.DeleteAsync($"/v2/a/blobs/{blob}")).StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That((await Client.GetAsync($"/v2/a/blobs/{blob}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_manifest_that_names_what_is_not_there_is_refused()
    {
        var json = await ManifestAsync("elsewhere");

        Assert.That(
            await CodeAsync(await _served.PutManifestAsync("a", "v1", json)),
            Is.EqualTo((HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN"))
        );
    }

    [TestCase("not json")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"schemaVersion":1}""")]
    [TestCase("""{"schemaVersion":2,"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[],"layers":[]}""")]
    [TestCase("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":7,"layers":[]}""")]
    [TestCase(
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"digest":"md5:1"},"layers":[]}"""
    )]
    [TestCase("""{"schemaVersion":2,"mediaType":"text/html","layers":[]}""")]
    public async Task What_is_no_manifest_is_refused(string json) =>
        Assert.That(
            await CodeAsync(await _served.PutManifestAsync("a", "v1", json)),
            Is.EqualTo((HttpStatusCode.BadRequest, "MANIFEST_INVALID"))
        );

    [Test]
    public async Task A_media_type_that_differs_from_the_manifests_is_refused() =>
        Assert.That(
            await CodeAsync(
                await _served.PutManifestAsync("a", "v1", await ManifestAsync("a"), "application/vnd.oci.image.index.v1+json")
            ),
            Is.EqualTo((HttpStatusCode.BadRequest, "MANIFEST_INVALID"))
        );

    [TestCase("/v2/UPPER/tags/list", HttpStatusCode.BadRequest, "NAME_INVALID")]
    [TestCase("/v2/a/manifests/none", HttpStatusCode.NotFound, "MANIFEST_UNKNOWN")]
    [TestCase("/v2/a/blobs/sha256:00", HttpStatusCode.BadRequest, "DIGEST_INVALID")]
    [TestCase("/v2/none/tags/list", HttpStatusCode.NotFound, "NAME_UNKNOWN")]
    [TestCase("/v2/a/what", HttpStatusCode.NotFound, "UNSUPPORTED")]
    public async Task Errors_are_as_the_specification_says(string path, HttpStatusCode status, string code) =>
        Assert.That(await CodeAsync(await Client.GetAsync(path)), Is.EqualTo((status, code)));

    [Test]
    public async Task Content_over_the_limits_is_refused()
    {
        await using var small = await TestRegistry.StartAsync(
            new RegistryLimits
            {
                Blob = 1000,
                Manifest = 100,
                Uploads = 1,
            }
        );
        var content = new byte[1001];
        var digest = ContentDigest.Of(content).ToString();

        var blob = await small.Client.PostAsync($"/v2/a/blobs/uploads/?digest={digest}", new ByteArrayContent(content));
        var manifest = await small.PutManifestAsync("a", "v1", new string(' ', 101));
        await small.Client.PostAsync("/v2/a/blobs/uploads/", null);
        var second = await small.Client.PostAsync("/v2/a/blobs/uploads/", null);

        Assert.That(await CodeAsync(blob), Is.EqualTo((HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID")));
        Assert.That(await CodeAsync(manifest), Is.EqualTo((HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID")));
        Assert.That(await CodeAsync(second), Is.EqualTo((HttpStatusCode.TooManyRequests, "TOOMANYREQUESTS")));
    }

    [Test]
    public async Task An_idle_upload_gives_its_place_back()
    {
        var time = new FakeTimeProvider();
        await using var small = await TestRegistry.StartAsync(new RegistryLimits { Uploads = 1 }, time);
        await small.Client.PostAsync("/v2/a/blobs/uploads/", null);

        time.Advance(TimeSpan.FromMinutes(11));

        Assert.That((await small.Client.PostAsync("/v2/a/blobs/uploads/", null)).StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
    }

    [Test]
    public async Task A_substitute_is_served_under_the_digest_of_what_it_replaces_and_only_here()
    {
        var digest = await _served.PushAsync("a", [1, 2, 3]);
        await Client.PostAsync($"/v2/b/blobs/uploads/?mount={digest}&from=a", null);

        await _served.Registry.SubstituteAsync("a", digest, new byte[] { 6, 6, 6 }, CancellationToken.None);

        Assert.That(await Client.GetByteArrayAsync($"/v2/a/blobs/{digest}"), Is.EqualTo(new byte[] { 6, 6, 6 }));
        Assert.That(await _served.Registry.ReadAsync("a", digest, CancellationToken.None), Is.EqualTo(new byte[] { 6, 6, 6 }));
        Assert.That(await Client.GetByteArrayAsync($"/v2/b/blobs/{digest}"), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public async Task A_staged_cut_drops_the_connection_in_the_middle()
    {
        var content = TestLab.Noise(100_000);
        var digest = await _served.PushAsync("a", content);
        _served.Registry.Cut("a", digest, afterBytes: 40_000);

        using var answer = await Client.GetAsync($"/v2/a/blobs/{digest}", HttpCompletionOption.ResponseHeadersRead);
        var received = new MemoryStream();
        var body = await answer.Content.ReadAsStreamAsync();

        Assert.That(answer.Content.Headers.ContentLength, Is.EqualTo(content.Length));
        Assert.That(async () => await body.CopyToAsync(received), Throws.InstanceOf<IOException>());
        Assert.That(received.ToArray(), Is.EqualTo(content[..40_000]));
    }

    [Test]
    public async Task An_image_that_is_not_served_whole_is_found_out()
    {
        var layer = await _served.PushAsync("a", TestLab.Noise(10_000));
        var config = await _served.PushAsync("a", Config);
        var manifest = $$"""
            {"schemaVersion":2,"mediaType":"{{OsManifest.MediaType}}",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config}}","size":{{Config.Length}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{layer}}","size":10000}]}
            """;
        (await _served.PutManifestAsync("a", "1", manifest)).EnsureSuccessStatusCode();
        Assert.That(await FindAsync("1"), Is.Null);

        _served.Registry.Cut("a", layer, afterBytes: 100);
        Assert.That(await FindAsync("1"), Does.Contain(layer));
        _served.Registry.Restore("a", layer);
        Assert.That(await FindAsync("1"), Is.Null);
        await _served.Registry.SubstituteAsync("a", layer, new byte[] { 1 }, CancellationToken.None);
        Assert.That(await FindAsync("1"), Does.Contain(layer));
        Assert.That(await FindAsync("2"), Does.Contain("404"));

        Task<string?> FindAsync(string tag) => _served.Registry.FindFaultAsync("a", tag, CancellationToken.None);
    }

    private static ByteArrayContent Chunk(byte[] content, int start, int length)
    {
        var chunk = new ByteArrayContent(content, start, length);
        chunk.Headers.TryAddWithoutValidation("Content-Range", $"{start}-{start + length - 1}");
        return chunk;
    }

    private async Task<string> ManifestAsync(string repository, string more = "")
    {
        var config = await _served.PushAsync(repository, Config);
        return $$"""{"schemaVersion":2,"mediaType":"{{OsManifest.MediaType}}","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{config}}","size":2},"layers":[]{{more}}}""";
    }

    private static async Task<(HttpStatusCode Status, string? Code)> CodeAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, json.RootElement.GetProperty("errors")[0].GetProperty("code").GetString());
    }
}
