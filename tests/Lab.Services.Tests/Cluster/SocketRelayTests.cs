using System.Net;
using System.Net.Sockets;
using Lab.Services.Cluster.Access;

namespace Lab.Services.Tests.Cluster;

internal sealed class SocketRelayTests
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("hwlab-relay-").FullName;

    [TearDown]
    public void Remove_the_folder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Bytes_come_through_both_ways_and_so_does_the_end()
    {
        var path = Path.Combine(_folder, "api");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        await using var relay = SocketRelay.Listen(path);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Port);
        using var accepted = await server.AcceptAsync();
        var question = TestLab.Noise(1 << 20);
        await using var near = client.GetStream();
        await using var far = new NetworkStream(accepted);

        var sent = near.WriteAsync(question).AsTask();
        var received = new byte[question.Length];
        await far.ReadExactlyAsync(received);
        await sent;
        await far.WriteAsync("answer"u8.ToArray());
        accepted.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        await near.CopyToAsync(answer);

        Assert.That(received, Is.EqualTo(question));
        Assert.That(answer.ToArray(), Is.EqualTo("answer"u8.ToArray()));
    }

    [Test]
    public async Task Nobody_at_the_other_end_is_a_closed_connection()
    {
        await using var relay = SocketRelay.Listen(Path.Combine(_folder, "nobody"));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Port);
        Assert.That(await client.GetStream().ReadAsync(new byte[1]), Is.Zero);
    }

    [Test]
    public async Task Stopping_ends_connections_in_use()
    {
        var path = Path.Combine(_folder, "api");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        var relay = SocketRelay.Listen(path);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Port);
        using var accepted = await server.AcceptAsync();
        await relay.DisposeAsync();
        Assert.That(await accepted.ReceiveAsync(new byte[1]), Is.Zero);
    }
}
