using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Lab.BootAgent.Cluster;

/// <summary>Asks the container runtime for its version: one unary gRPC call over its socket (gRPC over HTTP/2; CRI's RuntimeService).</summary>
/// <param name="socket">The socket's path.</param>
internal sealed class RuntimeClient(string socket)
{
    private const int AnswerLimit = 4096;
    private const int PrefixSize = 5;
    private const int VersionField = (3 << 3) | 2; // VersionResponse.runtime_version, length-delimited
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The runtime's version.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or not so.</exception>
    public async Task<string> ReadVersionAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Limit);
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = ConnectAsync,
                ActivityHeadersPropagator = null,
                UseProxy = false,
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://runtime/runtime.v1.RuntimeService/Version")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // An empty message behind its prefix: not compressed, no bytes.
            Content = new ByteArrayContent(new byte[PrefixSize]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        try
        {
            using var response = await client.SendAsync(request, deadline.Token);
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return ReadVersion(body) ?? throw new HttpRequestException("the container runtime does not say its version");
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"the container runtime does not answer within {Limit.TotalSeconds:F0} s", error);
        }
    }

    /// <summary>Reads the version out of an answer; null if it is none.</summary>
    internal static string? ReadVersion(ReadOnlySpan<byte> answer)
    {
        if (answer.Length is <= PrefixSize or > AnswerLimit)
            return null;
        var rest = answer[PrefixSize..];
        // All fields of this message are short strings: one byte of tag, one of length.
        while (rest.Length >= 2 && rest[1] < 0x80 && rest.Length >= 2 + rest[1])
        {
            var value = rest.Slice(2, rest[1]);
            if (rest[0] == VersionField)
                return Encoding.UTF8.GetString(value);
            rest = rest[(2 + value.Length)..];
        }

        return null;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
