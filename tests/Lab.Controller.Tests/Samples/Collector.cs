using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lab.Controller.Tests.Samples;

/// <summary>A server that traces are sent to.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _server;

    private Collector(WebApplication server) => _server = server;

    /// <summary>What was sent: path, headers and body, uncompressed.</summary>
    public List<(string Path, IHeaderDictionary Headers, byte[] Body)> Requests { get; } = [];

    /// <summary>What is answered next; after the last one, a success.</summary>
    public Queue<(int Status, string Body)> Answers { get; } = new();

    public string Address => _server.Urls.Single();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector._server.Run(collector.TakeAsync);
        await collector._server.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await using (
            var content =
                request.Headers.ContentEncoding == "gzip"
                    ? new GZipStream(request.Body, CompressionMode.Decompress)
                    : request.Body
        )
        {
            await content.CopyToAsync(body);
        }

        Requests.Add((request.Path, new HeaderDictionary(request.Headers.ToDictionary()), body.ToArray()));
        var (status, text) = Answers.TryDequeue(out var answer) ? answer : (200, "{}");
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (status == 429)
        {
            context.Response.Headers.RetryAfter = "0";
        }
        else if (status is 302 or 307)
        {
            context.Response.Headers.Location = "/elsewhere";
        }

        await context.Response.WriteAsync(text);
    }
}
