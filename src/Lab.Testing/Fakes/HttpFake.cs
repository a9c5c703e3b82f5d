using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lab.Testing.Fakes;

/// <summary>The small HTTP server of a fake device. It closes each connection after its answer, as such devices do, and can misbehave.</summary>
internal sealed class HttpFake(FakeState state, IHttpFake device)
{
    private const int LongestHead = 8192;

    public string Start(CancellationToken stop)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = AcceptAsync(listener, stop);
        return $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            _ = ServeAsync(client, stop);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var request = await ReadAsync(stream, stop);
            var answer = await AnswerAsync(stream, request, stop);
            await stream.WriteAsync(answer, stop);
        }
        catch (IOException)
        {
            // The other end has gone.
        }
    }

    private async Task<ReadOnlyMemory<byte>> AnswerAsync(NetworkStream stream, HttpFakeRequest request, CancellationToken stop)
    {
        using var one = state.Enter();
        switch (state.Behaviour)
        {
            case Misbehaviour.Slow:
                // Until the other end gives up.
                _ = await stream.ReadAsync(new byte[1], stop);
                return default;
            case Misbehaviour.Drop:
                return default;
            case Misbehaviour.Refuse:
                return Format(new HttpFakeAnswer(403, "{}"));
            case Misbehaviour.Wrong:
                return Format(HttpFakeAnswer.Ok("""{"weather":"fine"}"""));
            case Misbehaviour.Half:
                var whole = Format(device.Answer(request));
                return whole.AsMemory(0, whole.Length - 5);
            default:
                return Format(device.Answer(request));
        }
    }

    private static byte[] Format(HttpFakeAnswer answer) =>
        Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {answer.Status} Status\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer.Body)}\r\n"
                + (answer.Header is null ? "" : answer.Header + "\r\n")
                + $"Connection: close\r\n\r\n{answer.Body}"
        );

    private static async Task<HttpFakeRequest> ReadAsync(NetworkStream stream, CancellationToken stop)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!(head.Count > 3 && head[^1] == '\n' && head[^3] == '\n'))
        {
            if (head.Count > LongestHead || await stream.ReadAsync(one, stop) == 0)
            {
                throw new IOException("that is no request");
            }

            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines
            .Skip(1)
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, stop);
        var words = lines[0].Split(' ');
        return new HttpFakeRequest(words[0], words[1], headers, Encoding.UTF8.GetString(body));
    }
}
