using System.Net.Sockets;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tpm;

/// <summary>TPMs that die, hang or lie, behind a real socket.</summary>
internal sealed class TpmTransportTests
{
    private string folder = null!;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("hwlab-tpm-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task A_TPM_that_never_answers_is_left_when_the_caller_cancels()
    {
        using var source = new CancellationTokenSource();
        using var listener = Listen();
        var peer = ServeAsync(listener, (client, _) => CancelAndWait(source, client));
        using var tpm = Tpm2.OverSocket(SocketPath);
        Assert.Throws<OperationCanceledException>(() => tpm.GetRandom(4, source.Token));
        await peer;
    }

    [Test]
    public async Task A_TPM_that_hangs_up_is_a_transport_error_that_names_the_socket()
    {
        using var listener = Listen();
        var peer = ServeAsync(listener, (client, _) => client.Close());
        using var tpm = Tpm2.OverSocket(SocketPath);
        var error = Assert.Throws<TpmTransportException>(() => tpm.GetRandom(4))!;
        Assert.That(error.Message, Does.Contain(SocketPath));
        await peer;
    }

    [TestCase(0xFFFFFFFFu)]
    [TestCase(5000u)]
    [TestCase(9u)]
    public async Task A_response_of_a_mad_size_is_refused_before_it_is_read(uint size)
    {
        using var listener = Listen();
        var peer = ServeAsync(listener, (client, _) => client.Send(new TpmWriter().U16(0x8001).U32(size).U32(0).ToArray()));
        using var tpm = Tpm2.OverSocket(SocketPath);
        Assert.Throws<TpmTransportException>(() => tpm.GetRandom(4));
        await peer;
    }

    [Test]
    public void Where_nobody_listens_the_error_says_so()
    {
        Assert.Throws<TpmTransportException>(() => Tpm2.OverSocket(SocketPath));
        Assert.Throws<TpmTransportException>(() => Tpm2.OverDevice(Path.Combine(folder, "tpmrm0")));
    }

    private string SocketPath => Path.Combine(folder, "t.sock");

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen();
        return listener;
    }

    private static void CancelAndWait(CancellationTokenSource source, Socket client)
    {
        source.Cancel();
        Assert.That(client.Receive(new byte[1]), Is.Zero, "the other side has closed");
    }

    private static async Task ServeAsync(Socket listener, Action<Socket, byte[]> answer)
    {
        using var client = await listener.AcceptAsync();
        var command = new byte[64];
        var count = await client.ReceiveAsync(command);
        answer(client, command[..count]);
    }
}
