using System.Net;
using System.Net.Sockets;
using Lab.Model.Errors;

namespace Lab.Hardware.Power.Snmp;

/// <summary>Asks an SNMP agent. A question that gets no answer is repeated, since UDP loses some; asking twice does no harm here.</summary>
internal sealed class SnmpClient(string host, int port, string community, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>RFC 3416, section 3: what error statuses mean, by number.</summary>
    private static readonly string[] Errors =
    [
        "noError",
        "tooBig",
        "noSuchName",
        "badValue",
        "readOnly",
        "genErr",
        "noAccess",
        "wrongType",
        "wrongLength",
        "wrongEncoding",
        "wrongValue",
        "noCreation",
        "inconsistentValue",
        "resourceUnavailable",
        "commitFailed",
        "undoFailed",
        "authorizationError",
        "notWritable",
        "inconsistentName",
    ];

    public Task<int> GetAsync(string oid, CancellationToken cancellationToken) =>
        AskAsync(new SnmpPdu(SnmpPduKind.Get, NewId(), 0, oid, Value: null), cancellationToken);

    public Task SetAsync(string oid, int value, CancellationToken cancellationToken) =>
        AskAsync(new SnmpPdu(SnmpPduKind.Set, NewId(), 0, oid, value), cancellationToken);

    // Not predictable, so that nobody can answer without having seen the question.
    private static int NewId() => System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);

    private async Task<int> AskAsync(SnmpPdu question, CancellationToken cancellationToken)
    {
        var access = community;
        var bytes = new SnmpMessage(access, question).Encode();
        var address = (await Dns.GetHostAddressesAsync(host, cancellationToken))[0];
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connected: only the agent's own datagrams are taken, and a refusal is told.
        await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
        while (true)
        {
            await socket.SendAsync(bytes, cancellationToken);
            using var pause = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellationToken);
            try
            {
                return Check(question, await ReceiveAsync(socket, question, access, either.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Lost, or the agent is slow: asked again until the deadline of the whole exchange.
            }
        }
    }

    private static async Task<SnmpPdu> ReceiveAsync(
        Socket socket,
        SnmpPdu question,
        string access,
        CancellationToken cancellationToken
    )
    {
        var buffer = new byte[SnmpMessage.Longest];
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer, cancellationToken);
            var message = SnmpMessage.Decode(buffer.AsMemory(0, count));
            if (
                message.Community == access
                && message.Pdu.Kind == SnmpPduKind.Response
                && message.Pdu.RequestId == question.RequestId
            )
            {
                return message.Pdu;
            }
        }
    }

    private static int Check(SnmpPdu question, SnmpPdu answer)
    {
        if (answer.ErrorStatus != 0)
        {
            var name =
                answer.ErrorStatus > 0 && answer.ErrorStatus < Errors.Length
                    ? Errors[answer.ErrorStatus]
                    : $"error {answer.ErrorStatus}";
            throw new LabException(
                $"the agent refuses {(question.Kind == SnmpPduKind.Set ? "to set" : "to give")} {question.Oid}: {name}",
                remedy: "see that the community may do this, and that OID and values are this device's"
            );
        }

        if (answer.Missing || answer.Oid != question.Oid || answer.Value is not { } value)
        {
            throw new LabException(
                $"the agent has no number at {question.Oid}",
                remedy: "see that the model and the outlet's number are right; 'oid' names another one"
            );
        }

        return value;
    }
}
