using System.Net;
using System.Net.Sockets;
using Lab.Host.Networks;

namespace Lab.Host.Tests.Networks;

internal sealed class HeldPortTests
{
    private const int SocketLevel = 1;
    private const int ReusePort = 15;

    [Test]
    public void It_is_nobody_elses()
    {
        using var held = HeldPort.Take();
        using var other = CreateSocket();
        Assert.That(() => other.Bind(new IPEndPoint(IPAddress.Loopback, held.Port)), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public void Our_own_program_can_listen_on_it_again_and_again()
    {
        using var held = HeldPort.Take();
        for (var time = 0; time < 2; time++)
        {
            using var server = CreateSocket();
            server.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
            server.Bind(new IPEndPoint(IPAddress.Loopback, held.Port));
            server.Listen();
            using var client = CreateSocket();
            client.Connect(IPAddress.Loopback, held.Port);
            using var accepted = server.Accept();
            Assert.That(accepted.Connected);
        }
    }

    [Test]
    public void Each_is_another()
    {
        using var first = HeldPort.Take();
        using var second = HeldPort.Take();
        Assert.That(first.Port, Is.Not.EqualTo(second.Port));
    }

    private static Socket CreateSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
