using System.Text;
using Lab.Services.Tuf;
using Lab.Trust.Tests.Peers;
using Lab.Trust.Transport;
using Lab.Trust.Tuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tuf;

public sealed class TufHttpTests
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private DirectoryInfo _folder = null!;
    private TufBench _bench = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("hwlab-http-");
        _bench = new TufBench();
    }

    [TearDown]
    public void TearDown()
    {
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [OneTimeTearDown]
    public void OneTimeTearDown() => _http.Dispose();

    [Test]
    public async Task I_can_refresh_over_http()
    {
        await using var server = await ServeAsync();
        var client = new TufClient(
            new HttpTufFetcher(_http, new Uri(server.Address, "metadata")),
            _bench.Store,
            new TufClientOptions { Time = _bench.Time }
        );
        Assert.That(await client.RefreshAsync(default), Is.EqualTo(new TufVersions(1, 1, 1, 1)));
    }

    [TestCase("?", "%3F")]
    [TestCase("#", "%23")]
    [TestCase("/delegated", "%2Fdelegated")]
    [TestCase("../delegated", "..%2Fdelegated")]
    [TestCase("a:b", "a%3Ab")]
    public async Task Unusual_role_names_reach_the_wire_encoded(string role, string encoded)
    {
        await using var server = await LoopbackServer.StartAsync(_ => Task.CompletedTask);
        var fetcher = new HttpTufFetcher(_http, new Uri(server.Address, "x/metadata"));
        await fetcher.FetchAsync(TufFileNames.Metadata(role, 1), Stream.Null, 10, default);
        await fetcher.FetchAsync(TufFileNames.Metadata(role, null), Stream.Null, 10, default);
        Assert.That(
            server.Requests,
            Is.EqualTo(new[] { $"GET /x/metadata/1.{encoded}.json", $"GET /x/metadata/{encoded}.json" })
        );
    }

    [TestCase("a/../b")]
    [TestCase("..")]
    [TestCase("./a")]
    public void Target_paths_with_dot_segments_are_refused(string path)
    {
        var e = Assert.Throws<TufException>(() => TufFileNames.Target(path, hash: null));
        Assert.That(e!.Code, Is.EqualTo(TufErrorCode.Invalid));
    }

    [Test]
    public async Task Endless_data_is_refused_at_the_limit()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[10_000], context.RequestAborted);
            }
        });
        var fetcher = new HttpTufFetcher(_http, server.Address);
        var received = new MemoryStream();
        await TufClientTests.RefusedAsync(
            TufErrorCode.Invalid,
            () => fetcher.FetchAsync("timestamp.json", received, 16_384, default)
        );
        Assert.That(received.Length, Is.LessThanOrEqualTo(16_384));
    }

    [Test]
    public async Task Slow_retrieval_is_given_up()
    {
        var time = new FakeTimeProvider();
        var sent = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[1]);
            await context.Response.Body.FlushAsync();
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var fetcher = new HttpTufFetcher(_http, server.Address, TransferLimits.Metadata, time);
        var fetch = fetcher.FetchAsync("timestamp.json", new MemoryStream(), 1000, default);
        await sent.Task;
        time.Advance(TransferLimits.Metadata.Grace + TimeSpan.FromSeconds(1));
        var e = await Assert.ThrowsAsync<TufException>(() => fetch);
        Assert.Multiple(() =>
        {
            Assert.That(e!.Code, Is.EqualTo(TufErrorCode.FetchFailed));
            Assert.That(e.InnerException, Is.InstanceOf<TransferTooSlowException>());
        });
    }

    [Test]
    public async Task Server_errors_are_no_missing_files([Values(500, 503, 302)] int status)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var fetcher = new HttpTufFetcher(_http, server.Address);
        await TufClientTests.RefusedAsync(
            TufErrorCode.FetchFailed,
            () => fetcher.FetchAsync("2.root.json", Stream.Null, 1000, default)
        );
    }

    [Test]
    public async Task Cancelling_is_no_slowness()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var fetcher = new HttpTufFetcher(_http, server.Address);
        await Assert.CatchAsync<OperationCanceledException>(() => fetcher.FetchAsync("a", Stream.Null, 1000, cancel.Token));
    }

    [Test]
    public async Task I_can_speak_the_protocol_of_the_conformance_suite()
    {
        var content = Encoding.UTF8.GetBytes("content");
        _bench.Repository.AddTarget("dir/a?b", content);
        _bench.Repository.Publish();
        await using var server = await ServeAsync(content);
        var root = Path.Combine(_folder.FullName, "initial.json");
        await File.WriteAllBytesAsync(root, _bench.Repository.ReadRoot());
        var metadata = Path.Combine(_folder.FullName, "metadata");
        var targets = Path.Combine(_folder.FullName, "targets");
        string[] download =
        [
            "--metadata-url",
            new Uri(server.Address, "metadata").AbsoluteUri,
            "--metadata-dir",
            metadata,
            "--target-name",
            "dir/a?b",
            "--target-dir",
            targets,
            "--target-base-url",
            new Uri(server.Address, "targets").AbsoluteUri,
            "download",
        ];
        Assert.That(await RunAsync(download), Is.EqualTo(1), "before init");
        Assert.That(await RunAsync("--metadata-dir", metadata, "init", root), Is.Zero);
        Assert.That(server.Requests, Is.Empty);
        Assert.That(await RunAsync([.. download[..4], "refresh"]), Is.Zero);
        Assert.That(await RunAsync(download), Is.Zero);
        Assert.That(await RunAsync(download), Is.Zero);
        Assert.Multiple(() =>
        {
            Assert.That(
                Directory.GetFiles(metadata).Select(Path.GetFileName),
                Is.EquivalentTo(new[] { "root.json", "timestamp.json", "snapshot.json", "targets.json" })
            );
            Assert.That(File.ReadAllBytes(Directory.GetFiles(targets).Single()), Is.EqualTo(content));
            Assert.That(server.Requests.Count(r => r.Contains("/targets/", StringComparison.Ordinal)), Is.EqualTo(1));
        });
        Assert.That(await RunAsync("nonsense"), Is.EqualTo(1));
        Assert.That(await RunAsync(), Is.EqualTo(1));
    }

    private Task<int> RunAsync(params string[] arguments) =>
        TufConformanceClient.RunAsync(
            arguments,
            new TufClientOptions
            {
                Time = _bench.Time,
                Schemes = [new EcdsaSignatureScheme(), new RsaSignatureScheme(), new Ed25519SignatureScheme()],
            },
            TextWriter.Null,
            default
        );

    private Task<LoopbackServer> ServeAsync(byte[]? target = null) => ServeAsync(_bench.Folder, target);

    internal static Task<LoopbackServer> ServeAsync(string folder, byte[]? target = null) =>
        LoopbackServer.StartAsync(async context =>
        {
            // Not Request.Path, which is decoded in part: a file's name is the encoded one.
            var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            var file = Path.Combine(folder, Path.GetFileName(path));
            if (path.StartsWith("/metadata/", StringComparison.Ordinal) && File.Exists(file))
            {
                await context.Response.SendFileAsync(file);
            }
            else if (path.StartsWith("/targets/", StringComparison.Ordinal) && target is not null)
            {
                await context.Response.Body.WriteAsync(target);
            }
            else
            {
                context.Response.StatusCode = 404;
            }
        });
}
