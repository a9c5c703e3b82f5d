using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Lab.BootAgent.Network;

/// <summary>Gets a lease (RFC 2131 section 3.1). Sends again at growing intervals; a lease must name the boot services.</summary>
/// <param name="time">The clock that intervals are counted on.</param>
internal sealed class DhcpClient(TimeProvider time)
{
    private const int ClientPort = 68;
    private const int ServerPort = 67;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int BindToDevice = 25; // SO_BINDTODEVICE

    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(8);

    /// <summary>Asks for a lease until there is one.</summary>
    /// <param name="device">The interface, up but without an address.</param>
    /// <param name="limit">When to give up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No server leased an address and named the boot services in time; says what was heard.</exception>
    public async Task<DhcpReply> AcquireAsync(NetworkInterface device, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var socket = Open(device.Name);
        var hardwareAddress = device.ReadHardwareAddress();
        var transaction = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        var started = time.GetTimestamp();
        var interval = FirstInterval;
        DhcpReply? offer = null;
        var heard = "no DHCP server answered";
        while (time.GetElapsedTime(started) < limit)
        {
            var seconds = (ushort)time.GetElapsedTime(started).TotalSeconds;
            var message = DhcpMessage.Build(transaction, hardwareAddress, seconds, offer);
            await SendAsync(socket, message, cancellationToken);
            var reply = await ReceiveAsync(socket, transaction, hardwareAddress, offer, interval, cancellationToken);
            switch (reply)
            {
                case { Type: DhcpMessageType.Offer, Services: null }:
                    heard = $"the DHCP server {reply.Server} names no boot services (option 66)";
                    break;
                case { Type: DhcpMessageType.Offer }:
                    offer = reply;
                    heard = $"the DHCP server {reply.Server} offered {reply.Address} but did not confirm it";
                    continue;
                case { Type: DhcpMessageType.Acknowledge }:
                    return reply with { Services = reply.Services ?? offer!.Services };
            }

            offer = null;
            if (reply is not null)
                await Task.Delay(interval, time, cancellationToken);
            interval = interval < LongestInterval ? interval * 2 : LongestInterval;
        }

        throw new TimeoutException(heard);
    }

    private static Socket Open(string device)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.ASCII.GetBytes(device + "\0"));
        socket.Bind(new IPEndPoint(IPAddress.Any, ClientPort));
        return socket;
    }

    private static async Task SendAsync(Socket socket, byte[] message, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendToAsync(message, new IPEndPoint(IPAddress.Broadcast, ServerPort), cancellationToken);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.NetworkDown or SocketError.NetworkUnreachable)
        {
            // The link is still coming up: the next interval sends again.
        }
    }

    /// <summary>The first reply that fits the exchange, null when the interval passed without one.</summary>
    private async Task<DhcpReply?> ReceiveAsync(
        Socket socket,
        uint transaction,
        byte[] hardwareAddress,
        DhcpReply? offer,
        TimeSpan interval,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var buffer = new byte[DhcpMessage.ReplyLimit + 1];
        var from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, from, either.Token);
                var message = buffer.AsSpan(0, received.ReceivedBytes);
                if (DhcpMessage.TryParse(message, transaction, hardwareAddress, out var reply) && Fits(reply, offer))
                    return reply;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>An offer answers a discover; an answer to a request must come from the server it went to, for that address.</summary>
    private static bool Fits(DhcpReply reply, DhcpReply? offer) =>
        offer is null
            ? reply.Type == DhcpMessageType.Offer
            : reply.Server.Equals(offer.Server)
                && (
                    reply.Type == DhcpMessageType.NotAcknowledge
                    || (reply.Type == DhcpMessageType.Acknowledge && reply.Address.Equals(offer.Address))
                );
}
