using System.Net;
using System.Net.Sockets;
using Lab.Model.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lab.Services.Hosting;

/// <summary>
/// The one HTTP origin of a run: registry, TUF repository, attestation and netboot files. It listens on a port of the loopback interface that
/// the kernel chooses (QEMU's user network shows it to boards as 10.0.2.2) and, for a segment, on a Unix socket.
/// Plain HTTP by design: nothing that a board is told here is believed without a signature.
/// </summary>
public sealed class BoardServiceHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly RequestLog _log;

    private BoardServiceHost(WebApplication application, RequestLog log, string? socketPath, PublisherCredential publisher)
    {
        _application = application;
        _log = log;
        SocketPath = socketPath;
        Publisher = publisher;
        // In the order they were asked for.
        var addresses = application
            .Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.Where(address => address.StartsWith("http://127.", StringComparison.Ordinal))
            .Select(address => new Uri(address))
            .ToList();
        HostOrigin = addresses[0];
        PublisherOrigin = addresses[1];
    }

    /// <summary>The origin as programs on this host see it. The registry is read-only here.</summary>
    public Uri HostOrigin { get; }

    /// <summary>The origin at which those who hold <see cref="Publisher"/> push.</summary>
    public Uri PublisherOrigin { get; }

    /// <summary>What a request to <see cref="PublisherOrigin"/> must carry.</summary>
    public PublisherCredential Publisher { get; }

    /// <summary>The Unix socket that serves the same, or null.</summary>
    public string? SocketPath { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="map">Maps the services' routes.</param>
    /// <param name="requestLogPath">Where requests are kept, one JSON line each; replaced if there.</param>
    /// <param name="socketPath">A Unix socket to listen on as well; must not exist, at most 107 bytes.</param>
    /// <param name="limits">What clients may ask at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">The port or socket cannot be had, or the log cannot be written.</exception>
    public static async Task<BoardServiceHost> StartAsync(
        Action<IEndpointRouteBuilder> map,
        string requestLogPath,
        string? socketPath,
        BoardServiceLimits limits,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        RequestLog? log = null;
        WebApplication? application = null;
        try
        {
            log = new RequestLog(requestLogPath);
            var publisher = new PublisherCredential();
            var door = new PublisherDoor(publisher);
            application = Build(socketPath, door, limits);
            application.Use(new RequestRecorder(log, time).InvokeAsync);
            application.Use(new ConcurrencyGate(limits.Concurrent).InvokeAsync);
            application.Use(door.InvokeAsync);
            application.UseRouting();
            map(application);
            await application.StartAsync(cancellationToken);
            return new BoardServiceHost(application, log, socketPath, publisher);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            if (application is not null)
                await application.DisposeAsync();
            if (log is not null)
                await log.DisposeAsync();
            throw new LabException(
                $"the boot services cannot be started: {exception.Message}",
                "boot services",
                "see that the run and runtime folders can be written and have room",
                exception
            );
        }
    }

    /// <summary>Stops listening, waits briefly for requests in progress, and completes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        await _log.DisposeAsync();
        if (SocketPath is not null)
            File.Delete(SocketPath);
    }

    private static WebApplication Build(string? socketPath, PublisherDoor door, BoardServiceLimits limits)
    {
        // The empty builder: nothing is read from the environment or from settings files, so no variable can open another port.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = limits.Grace);
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = limits.Connections;
            options.Limits.MaxRequestBodySize = limits.RequestBody;
            options.Limits.RequestHeadersTimeout = limits.Headers;
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            options.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    door.Attach(listen);
                }
            );
            if (socketPath is not null)
                options.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }
}
