using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Lab.Services.Cluster.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Lab.Services.Tests.Cluster;

/// <summary>Against a real HTTP server that speaks the part of the API that watches use, and misbehaves when told.</summary>
internal sealed class CollectionWatchTests
{
    private readonly Queue<string> _lists = new();
    private Channel<string?> _events = null!;
    private WebApplication _server = null!;
    private ClusterApi _api = null!;

    [SetUp]
    public async Task Start_a_server()
    {
        _lists.Clear();
        _events = Channel.CreateUnbounded<string?>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync();
        var address = _server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        _api = new ClusterApi(new SocketsHttpHandler(), new Uri(address.Addresses.First()));
    }

    [TearDown]
    public async Task Stop_the_server()
    {
        _api.Dispose();
        _events.Writer.TryComplete();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task A_collection_that_is_as_demanded_is_not_watched()
    {
        _lists.Enqueue(List("a"));
        Assert.That(await WaitAsync("a"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Events_change_the_items()
    {
        _lists.Enqueue(List("a"));
        Send("ADDED", "b");
        Send("DELETED", "a");
        Send("MODIFIED", "b");
        Assert.That(Names(await WaitAsync("b")), Is.EqualTo(["b"]));
    }

    [Test]
    public async Task A_watch_that_ends_or_errs_begins_anew()
    {
        _lists.Enqueue(List("a"));
        _lists.Enqueue(List("a"));
        _lists.Enqueue(List("a"));
        _lists.Enqueue(List("b"));
        _events.Writer.TryWrite(null);
        _events.Writer.TryWrite("""{"type":"ERROR","object":{"kind":"Status","code":410}}""");
        _events.Writer.TryWrite("{\"type\":\"AD");
        Assert.That(Names(await WaitAsync("b")), Is.EqualTo(["b"]));
    }

    [Test]
    public async Task A_kind_that_is_not_known_yet_has_no_items()
    {
        _lists.Enqueue("404");
        _lists.Enqueue("500");
        _lists.Enqueue(List("b"));
        Assert.That(Names(await WaitAsync("b")), Is.EqualTo(["b"]));
    }

    private Task<IReadOnlyList<JsonElement>> WaitAsync(string only) =>
        new CollectionWatch(_api, "/api/v1/things?x=y", TimeProvider.System).WaitAsync(
            items => Names(items).SequenceEqual([only], StringComparer.Ordinal),
            CancellationToken.None
        );

    private static IEnumerable<string?> Names(IReadOnlyList<JsonElement> items) =>
        items.Select(item => item.GetProperty("metadata").GetProperty("name").GetString());

    private static string Item(string name) => $$$"""{"metadata":{"name":"{{{name}}}"}}""";

    private static string List(string name) => $$$"""{"metadata":{"resourceVersion":"7"},"items":[{{{Item(name)}}}]}""";

    private void Send(string type, string name) =>
        _events.Writer.TryWrite($$$"""{"type":"{{{type}}}","object":{{{Item(name)}}}}""" + "\n");

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Query.ContainsKey("watch"))
        {
            await context.Response.StartAsync();
            // Null ends the watch; so does a line without its end.
            while (await _events.Reader.ReadAsync() is { } line)
            {
                await context.Response.WriteAsync(line);
                await context.Response.Body.FlushAsync();
                if (!line.EndsWith('\n'))
                    return;
            }
            return;
        }
        var answer = _lists.Dequeue();
        if (answer.Length == 3)
            context.Response.StatusCode = int.Parse(answer);
        else
            await context.Response.WriteAsync(answer);
    }
}
