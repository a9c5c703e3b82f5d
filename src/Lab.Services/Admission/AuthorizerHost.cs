using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lab.Host.Processes;
using Lab.Model.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lab.Services.Admission;

/// <summary>
/// The authorizer's door: HTTPS on a loopback interface that the API server reaches, and nobody else is answered. The API server proves itself
/// with a random bearer token, the lab with a certificate of its own; both are in the kubeconfig that only this user can read.
/// </summary>
internal sealed class AuthorizerHost : IAsyncDisposable
{
    // Inside a segment no port is taken; its loopback interface is not on the boards' network.
    private const int SegmentPort = 6444;
    private const int MaxReview = 256 * 1024;
    private const int TokenBytes = 32;
    private const string Path = "/authorize";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CertificateLifetime = TimeSpan.FromDays(30);

    private readonly byte[] _expected;
    private readonly X509Certificate2 _certificate;
    private readonly Func<ReadOnlyMemory<byte>, byte[]> _answer;
    private readonly string? _socketPath;
    private WebApplication? _application;
    private OwnedProcess? _forwarder;

    private AuthorizerHost(
        byte[] expected,
        X509Certificate2 certificate,
        Func<ReadOnlyMemory<byte>, byte[]> answer,
        string? socketPath
    )
    {
        _expected = expected;
        _certificate = certificate;
        _answer = answer;
        _socketPath = socketPath;
    }

    /// <summary>Starts listening, and writes the kubeconfig with which the API server finds it.</summary>
    /// <exception cref="LabException">The port or socket cannot be had, or the kubeconfig cannot be written.</exception>
    public static async Task<AuthorizerHost> StartAsync(
        AdmissionOptions options,
        string kubeconfigPath,
        Func<ReadOnlyMemory<byte>, byte[]> answer,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        var host = new AuthorizerHost(
            SHA256.HashData(Encoding.ASCII.GetBytes($"Bearer {token}")),
            MakeCertificate(time.GetUtcNow()),
            answer,
            options.Segment is null ? null : options.SocketPath
        );
        try
        {
            var port = await host.ListenAsync(options, cancellationToken);
            AuthorizerKubeconfig.Write(
                kubeconfigPath,
                new UriBuilder("https", "127.0.0.1", port, Path).Uri,
                host._certificate,
                token
            );
            return host;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            await host.DisposeAsync();
            throw new LabException(
                $"the authorizer cannot be started: {exception.Message}",
                "node admission",
                "see that the run and runtime folders can be written and have room",
                exception
            );
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_forwarder is not null)
            await _forwarder.StopAsync(Grace, CancellationToken.None);
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }
        if (_socketPath is not null)
            File.Delete(_socketPath);
        _certificate.Dispose();
    }

    private async Task<int> ListenAsync(AdmissionOptions options, CancellationToken cancellationToken)
    {
        // The empty builder: nothing is read from the environment, so no variable can open another port.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Grace);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxReview;
            if (_socketPath is not null)
                kestrel.ListenUnixSocket(_socketPath, Secure);
            else
                kestrel.Listen(IPAddress.Loopback, 0, Secure);
        });
        _application = builder.Build();
        _application.Run(AnswerAsync);
        await _application.StartAsync(cancellationToken);
        if (options.Segment is { } segment)
        {
            _forwarder = await ForwardAsync(options.Owner, segment.EnterPrefix, _socketPath!, cancellationToken);
            return SegmentPort;
        }
        var addresses = _application
            .Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>();
        return new Uri(addresses.Addresses.Single()).Port;
    }

    private void Secure(ListenOptions listen)
    {
        // A connection for each review under way: the API server waits for an answer without limit, and on one connection that is stuck all
        // its requests would wait behind each other.
        listen.Protocols = HttpProtocols.Http1;
        listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = _certificate });
    }

    /// <summary>Carries a port of the segment's own loopback interface here: no board can even connect to it.</summary>
    private static async Task<OwnedProcess> ForwardAsync(
        ProcessOwner owner,
        IReadOnlyList<string> enterPrefix,
        string socketPath,
        CancellationToken cancellationToken
    )
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var forwarder = await owner.StartAsync(
            new ProcessCommand(
                "socat",
                ["-d", "-d", $"TCP4-LISTEN:{SegmentPort},bind=127.0.0.1,fork,reuseaddr,backlog=64", $"UNIX-CONNECT:{socketPath}"]
            )
            {
                EnterPrefix = enterPrefix,
                Name = "authorizer's forwarder",
                OnLine = line =>
                {
                    if (line.Contains("listening on", StringComparison.Ordinal))
                        listening.TrySetResult();
                },
            },
            cancellationToken
        );
        await forwarder.WaitUntilAsync(listening.Task, cancellationToken);
        return forwarder;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // Compared as digests: neither content nor length of the token shows in the time it takes.
        var shown = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()));
        if (!CryptographicOperations.FixedTimeEquals(shown, _expected))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.Path != Path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var review = new MemoryStream();
        await context.Request.Body.CopyToAsync(review, context.RequestAborted);
        var answer = _answer(review.GetBuffer().AsMemory(0, (int)review.Length));
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static X509Certificate2 MakeCertificate(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hwlab node authorizer", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        return request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + CertificateLifetime);
    }
}
