using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Lab.Model.Errors;
using Lab.Services.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lab.Services.Tests.Hosting;

public sealed class BoardServiceHostTests
{
    private TestLab _lab = null!;

    [SetUp]
    public void SetUp() => _lab = new TestLab();

    [TearDown]
    public async Task TearDown() => await _lab.DisposeAsync();

    [Test]
    public async Task I_can_reach_the_services_by_port_and_by_socket()
    {
        var socket = _lab.PathOf("s");
        await using (var host = await StartAsync(routes => routes.MapGet("/hello", () => "world"), socket))
        {
            using var byPort = new HttpClient { BaseAddress = host.HostOrigin };
            using var bySocket = OverSocket(socket);

            Assert.That(host.HostOrigin.Host, Is.EqualTo("127.0.0.1"));
            Assert.That(await byPort.GetStringAsync("/hello"), Is.EqualTo("world"));
            Assert.That(await bySocket.GetStringAsync("/hello"), Is.EqualTo("world"));
        }
        Assert.That(File.Exists(socket), Is.False);
    }

    [Test]
    public async Task Every_request_is_kept_with_its_outcome()
    {
        await using (var host = await StartAsync(Map, null))
        {
            using var client = new HttpClient { BaseAddress = host.HostOrigin };
            await client.GetStringAsync("/hello?x=1");
            await client.GetAsync("/nowhere");
            await client.GetAsync("/broken");
        }
        var lines = (await File.ReadAllLinesAsync(_lab.PathOf("http.jsonl")))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToArray();

        Assert.That(lines.Select(line => line.GetProperty("status").GetInt32()), Is.EqualTo([200, 404, 500]));
        Assert.That(lines[0].GetProperty("target").GetString(), Is.EqualTo("/hello?x=1"));
        Assert.That(lines[0].GetProperty("bytes").GetInt64(), Is.EqualTo(5));
        Assert.That(lines[2].GetProperty("error").GetString(), Does.Contain("on purpose"));

        static void Map(IEndpointRouteBuilder routes)
        {
            routes.MapGet("/hello", () => "world");
            routes.MapGet("/broken", string () => throw new InvalidOperationException("on purpose"));
        }
    }

    [Test]
    public async Task A_body_over_the_limit_is_refused()
    {
        await using var host = await StartAsync(
            routes =>
                routes.MapPost("/take", async (HttpRequest request) => await new StreamReader(request.Body).ReadToEndAsync()),
            null,
            new BoardServiceLimits { RequestBody = 1000 }
        );
        using var client = new HttpClient { BaseAddress = host.HostOrigin };

        var answer = await client.PostAsync("/take", new ByteArrayContent(new byte[1001]));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public async Task More_requests_at_once_than_allowed_are_turned_away()
    {
        var release = new TaskCompletionSource();
        var inside = new TaskCompletionSource();
        await using var host = await StartAsync(
            routes =>
                routes.MapGet(
                    "/slow",
                    async () =>
                    {
                        inside.TrySetResult();
                        await release.Task;
                    }
                ),
            null,
            new BoardServiceLimits { Concurrent = 1 }
        );
        using var client = new HttpClient { BaseAddress = host.HostOrigin };

        var first = client.GetAsync("/slow");
        await inside.Task;
        var second = await client.GetAsync("/slow");
        release.SetResult();

        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That((await first).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Rubbish_on_the_port_does_no_harm([Range(1, 20)] int seed)
    {
        await using var host = await StartAsync(routes => routes.MapGet("/hello", () => "world"), null);
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, host.HostOrigin.Port);
            var rubbish = TestLab.Noise(2000, seed);
            if (seed % 2 == 0)
                Encoding.ASCII.GetBytes("GET /hello HTTP/1.1\r\nHost: x\r\n").CopyTo(rubbish, 0);
            await socket.SendAsync(rubbish);
        }
        using var client = new HttpClient { BaseAddress = host.HostOrigin };

        Assert.That(await client.GetStringAsync("/hello"), Is.EqualTo("world"));
    }

    [Test]
    public void A_socket_that_cannot_be_had_is_the_labs_fault() =>
        Assert.That(
            async () => await StartAsync(_ => { }, _lab.PathOf("no/such/folder/s")),
            Throws.TypeOf<LabException>().With.Message.Contains("boot services")
        );

    private Task<BoardServiceHost> StartAsync(
        Action<IEndpointRouteBuilder> map,
        string? socket,
        BoardServiceLimits? limits = null
    ) =>
        BoardServiceHost.StartAsync(
            map,
            _lab.PathOf("http.jsonl"),
            socket,
            limits ?? new BoardServiceLimits(),
            TimeProvider.System,
            CancellationToken.None
        );

    private static HttpClient OverSocket(string path) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new Uri("http://segment"),
        };
}
