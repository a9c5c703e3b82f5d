using System.Net;
using System.Net.Sockets;
using Lab.Model.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lab.Services.Git;

/// <summary>Git over HTTP on the loopback interface: real <c>git http-backend</c> behind this program's own HTTP server.</summary>
internal sealed class GitHttpServer : IAsyncDisposable
{
    // A pack of the fleet's files; a push of more is a mistake.
    private const long LargestRequest = 64L << 20;

    private readonly WebApplication _application;
    private volatile bool _isReachable = true;

    private GitHttpServer(GitBackend backend)
    {
        // The empty builder: nothing is read from the environment or from settings files.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = LargestRequest;
            options.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.Use(next => connection => AdmitAsync(next, connection));
                }
            );
        });
        _application = builder.Build();
        _application.Run(backend.HandleAsync);
    }

    /// <summary>The origin.</summary>
    public Uri Origin { get; private set; } = new("http://127.0.0.1");

    /// <summary>Whether connections are answered. When not, they are reset as soon as they are made, as by a host that refuses them.</summary>
    public bool IsReachable
    {
        get => _isReachable;
        set => _isReachable = value;
    }

    /// <exception cref="LabException">No port can be had.</exception>
    public static async Task<GitHttpServer> StartAsync(GitBackend backend, CancellationToken cancellationToken)
    {
        var server = new GitHttpServer(backend);
        try
        {
            await server._application.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await server.DisposeAsync();
            throw new LabException(
                $"the Git server cannot be started: {exception.Message}",
                "fleet repository",
                inner: exception
            );
        }

        var addresses = server
            ._application.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>();
        server.Origin = new Uri(addresses.Addresses.First());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private Task AdmitAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        if (_isReachable)
            return next(connection);
        connection.Abort();
        return Task.CompletedTask;
    }
}
