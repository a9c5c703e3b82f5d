using Lab.Trust.Oci;
using Lab.Trust.Tests.Peers;
using Lab.Trust.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.Trust.Tests.Oci;

/// <summary>Registries that lie, break off, or never end.</summary>
public sealed class OciHostileTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];
    private static readonly OciDescriptor Blob = OciDescriptor.For(OciMediaTypes.Layer, Content);

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    [OneTimeTearDown]
    public void OneTimeTearDown() => _http.Dispose();

    [Test]
    public async Task A_broken_transfer_is_continued_where_it_broke()
    {
        var cuts = new Queue<int>([70_000, 50_000, 1]);
        var ranges = new List<string>();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
            var from = (int)(range?.From ?? 0);
            ranges.Add($"{range?.From}-{range?.To}");
            if (from > 0)
            {
                context.Response.StatusCode = 206;
                context.Response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
            }
            context.Response.ContentLength = Content.Length - from;
            if (cuts.TryDequeue(out var cut))
            {
                await context.Response.Body.WriteAsync(Content.AsMemory(from, cut));
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            }
            await context.Response.Body.WriteAsync(Content.AsMemory(from));
        });
        var pulled = await Client(server).PullBlobAsync("os", Blob, Content.Length, default);
        Assert.Multiple(() =>
        {
            Assert.That(pulled.AsSpan().SequenceEqual(Content), Is.True);
            Assert.That(ranges, Has.Count.EqualTo(4));
            Assert.That(ranges[0], Is.EqualTo("-"));
        });
    }

    [Test]
    public async Task A_server_without_ranges_is_read_again_from_the_start()
    {
        var first = true;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.ContentLength = Content.Length;
            var length = first ? 100_000 : Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, length));
            if (first)
            {
                first = false;
                await context.Response.Body.FlushAsync();
                context.Abort();
            }
        });
        var pulled = await Client(server).PullBlobAsync("os", Blob, Content.Length, default);
        Assert.That(pulled.AsSpan().SequenceEqual(Content), Is.True);
    }

    [Test]
    public async Task A_transfer_that_always_breaks_is_given_up()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var client = Client(server);
        await Refused(OciErrorCode.FetchFailed, () => client.PullBlobAsync("os", Blob, Content.Length, default));
        Assert.That(server.Requests, Has.Count.EqualTo(6));
    }

    [Test]
    public async Task A_blob_with_one_bit_changed_is_refused()
    {
        var changed = Content.ToArray();
        changed[123_456] ^= 1;
        await using var server = await ServeAsync(changed);
        await Refused(OciErrorCode.DigestMismatch, () => Client(server).PullBlobAsync("os", Blob, Content.Length, default));
    }

    [Test]
    public async Task A_blob_announced_longer_is_refused_before_it_is_read()
    {
        await using var server = await ServeAsync([.. Content, 0]);
        var received = new MemoryStream();
        await Refused(OciErrorCode.DigestMismatch, () => Client(server).PullBlobAsync("os", Blob, received, default));
        Assert.That(received.Length, Is.Zero);
    }

    [Test]
    public async Task Endless_data_is_refused_at_the_size_of_the_descriptor()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(Content, context.RequestAborted);
            }
        });
        await Refused(OciErrorCode.DigestMismatch, () => Client(server).PullBlobAsync("os", Blob, Content.Length, default));
        await Refused(OciErrorCode.TooLarge, () => Client(server).PullContentAsync("os", Blob.Digest.ToString(), default));
    }

    [Test]
    public async Task Slow_retrieval_is_given_up()
    {
        var time = new FakeTimeProvider();
        var sent = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, 100));
            await context.Response.Body.FlushAsync();
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var client = new OciClient(_http, server.Address, new OciClientOptions { Time = time });
        var pull = client.PullBlobAsync("os", Blob, Content.Length, default);
        await sent.Task;
        time.Advance(TransferLimits.Bulk.Grace + TimeSpan.FromSeconds(1));
        var e = await Assert.ThrowsAsync<OciException>(() => pull);
        Assert.That(e!.InnerException, Is.InstanceOf<TransferTooSlowException>());
    }

    [Test]
    public async Task Memory_is_not_taken_for_a_size_over_the_limit()
    {
        await using var server = await ServeAsync(Content);
        var giant = Blob with { Size = long.MaxValue };
        await Refused(OciErrorCode.TooLarge, () => Client(server).PullBlobAsync("os", giant, 1000, default));
        await Refused(OciErrorCode.TooLarge, () => Client(server).PullBlobAsync("os", giant, Stream.Null, default));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task A_swapped_manifest_is_refused()
    {
        var good = new OciManifest(OciDescriptor.Empty, []).ToBytes();
        var evil = new OciManifest(OciDescriptor.Empty, [Blob]).ToBytes();
        await using var server = await ServeAsync(evil, OciMediaTypes.Manifest);
        await Refused(
            OciErrorCode.DigestMismatch,
            () => Client(server).PullManifestAsync("os", OciDigest.Compute(good), null, default)
        );
        await Refused(
            OciErrorCode.DigestMismatch,
            () => Client(server).PullManifestAsync("os", OciDigest.Compute(evil), 5, default)
        );
    }

    [TestCase(OciMediaTypes.Index)]
    [TestCase(OciMediaTypes.DockerManifest)]
    [TestCase("application/json")]
    public async Task A_manifest_under_another_media_type_is_refused(string type)
    {
        var manifest = new OciManifest(OciDescriptor.Empty, []).ToBytes();
        await using var server = await ServeAsync(manifest, type);
        await Refused(
            OciErrorCode.Invalid,
            () => Client(server).PullManifestAsync("os", OciDigest.Compute(manifest), null, default)
        );
    }

    [Test]
    public async Task A_bearer_token_is_fetched_for_our_own_scope_and_sent_to_the_registry_only()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var request = context.Request;
            if (request.Path == "/token")
            {
                await context.Response.WriteAsJsonAsync(new { token = request.Query["scope"].ToString() });
            }
            else if (request.Headers.Authorization == "Bearer repository:os:pull")
            {
                context.Response.ContentLength = Content.Length;
                await context.Response.Body.WriteAsync(Content);
            }
            else
            {
                context.Response.StatusCode = 401;
                context.Response.Headers.WWWAuthenticate =
                    $"Bearer realm=\"http://{request.Host}/token\",service=\"a \\\"b\",scope=\"repository:*:*\"";
            }
        });
        var client = Client(server);
        await client.PullBlobAsync("os", Blob, Content.Length, default);
        await client.PullBlobAsync("os", Blob, Content.Length, default);
        Assert.Multiple(() =>
        {
            Assert.That(server.Requests, Has.Count.EqualTo(4));
            Assert.That(server.Requests.ElementAt(1), Does.Contain("service=a%20%22b&scope=repository%3Aos%3Apull"));
        });
    }

    [Test]
    public async Task An_index_gives_the_manifest_for_the_platform()
    {
        var manifest = new OciManifest(OciDescriptor.Empty, [Blob]).ToBytes();
        var entry = OciDescriptor.For(OciMediaTypes.Manifest, manifest);
        var index = new OciIndex([
            entry with
            {
                Digest = OciDigest.Compute([1]),
                Platform = new OciPlatform("amd64", "linux"),
            },
            entry with
            {
                Platform = new OciPlatform("arm64", "linux", "v8"),
            },
        ]).ToBytes();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var tag = context.Request.Path.Value!.EndsWith("/latest", StringComparison.Ordinal);
            context.Response.ContentType = tag ? OciMediaTypes.Index : OciMediaTypes.Manifest;
            await context.Response.Body.WriteAsync(tag ? index : manifest);
        });
        var pulled = await Client(server).PullForPlatformAsync("os", "latest", new OciPlatform("arm64", "linux"), default);
        Assert.That(pulled.Descriptor.Digest, Is.EqualTo(entry.Digest));
        await Refused(
            OciErrorCode.NotFound,
            () => Client(server).PullForPlatformAsync("os", "latest", new OciPlatform("riscv64", "linux"), default)
        );
    }

    private static Task Refused(OciErrorCode code, Func<Task> action) => OciPeerTests.Refused(code, action);

    private OciClient Client(LoopbackServer server) => new(_http, server.Address);

    private static Task<LoopbackServer> ServeAsync(byte[] content, string type = "application/octet-stream") =>
        LoopbackServer.StartAsync(async context =>
        {
            context.Response.ContentType = type;
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content);
        });
}
