using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Lab.Services.Tests.Cluster;

/// <summary>A real HTTP server with files of releases, as a mirror has them.</summary>
internal sealed class ReleaseServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ReleaseServer(WebApplication application) => _application = application;

    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Asked { get; } = new();

    public string Address { get; private set; } = "";

    public static async Task<ReleaseServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new ReleaseServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync();
        server.Address = server
            ._application.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.First();
        return server;
    }

    /// <summary>Puts a file with its checksum beside it.</summary>
    public void Put(Uri original, string content) => Put(original, new Uri(original.AbsoluteUri + ".sha256"), content);

    public void Put(Uri original, Uri checksums, string content) => Put(original, checksums, Encoding.UTF8.GetBytes(content));

    public void Put(Uri original, Uri checksums, byte[] bytes)
    {
        var line = $"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  {Path.GetFileName(original.LocalPath)}\n";
        Files[PathOf(original)] = bytes;
        Files.AddOrUpdate(
            PathOf(checksums),
            _ => Encoding.UTF8.GetBytes(line),
            (_, before) => [.. before, .. Encoding.UTF8.GetBytes(line)]
        );
    }

    public static string PathOf(Uri original) => $"/{original.Host}{Uri.UnescapeDataString(original.AbsolutePath)}";

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Asked.Enqueue(context.Request.Path);
        if (!Files.TryGetValue(context.Request.Path, out var content))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content);
    }
}
