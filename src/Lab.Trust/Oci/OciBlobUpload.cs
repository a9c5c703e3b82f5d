using System.Net;
using System.Net.Http.Headers;
using Lab.Trust.Transport;

namespace Lab.Trust.Oci;

/// <summary>One blob on its way to a registry: in one piece, or in chunks that survive a broken connection.</summary>
internal sealed class OciBlobUpload(OciTransport transport, string repository, OciDescriptor blob)
{
    /// <summary>Errors' bodies; in bytes.</summary>
    private const int MaximumAnswer = 64 * 1024;

    private readonly TransferLimits _limits = transport.Options.Bulk with
    {
        // The minimum rate is about what comes in; what goes out is bounded by the total time.
        Grace = transport.Options.Bulk.TotalTime,
    };

    public async Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        await transport.SendSmallAsync(
            () => new HttpRequestMessage(HttpMethod.Head, transport.Address($"{repository}/blobs/{blob.Digest}")),
            repository,
            MaximumAnswer,
            (response, _) =>
                response.StatusCode switch
                {
                    HttpStatusCode.OK => true,
                    HttpStatusCode.NotFound => false,
                    _ => throw OciTransport.Unexpected(response),
                },
            cancellationToken
        );

    /// <returns><c>false</c> when the registry did not mount and offers an upload instead, which is then given up.</returns>
    public async Task<bool> MountAsync(string from, CancellationToken cancellationToken)
    {
        var query = $"mount={Uri.EscapeDataString(blob.Digest.ToString())}&from={Uri.EscapeDataString(from)}";
        var upload = await StartAsync($"?{query}", cancellationToken);
        if (upload is null)
        {
            return true;
        }
        await transport.SendSmallAsync(
            () => new HttpRequestMessage(HttpMethod.Delete, upload),
            repository,
            MaximumAnswer,
            (_, _) => true,
            cancellationToken
        );
        return false;
    }

    public async Task SendWholeAsync(Stream content, CancellationToken cancellationToken)
    {
        var upload = (await StartAsync("", cancellationToken))!;
        var start = content.Position;
        await SendAsync(() => Put(upload, Slice(content, start, blob.Size)), HttpStatusCode.Created, cancellationToken);
    }

    public async Task SendChunksAsync(Stream content, int chunkLength, CancellationToken cancellationToken)
    {
        var upload = (await StartAsync("", cancellationToken))!;
        var start = content.Position;
        long sent = 0;
        var faults = 0;
        while (sent < blob.Size)
        {
            var length = Math.Min(chunkLength, blob.Size - sent);
            var (address, from) = (upload, sent);
            try
            {
                upload = await SendAsync(
                    () => Patch(address, Slice(content, start + from, length), from, length),
                    HttpStatusCode.Accepted,
                    cancellationToken
                );
                sent += length;
            }
            catch (OciException e)
                when (e.Code == OciErrorCode.FetchFailed
                    && e.InnerException is not (null or TransferTooSlowException)
                    && faults++ < transport.Options.Limits.MaximumResumptions
                )
            {
                (upload, sent) = await StatusAsync(upload, cancellationToken);
            }
        }
        var last = upload;
        await SendAsync(() => Put(last, Slice(content, start, 0)), HttpStatusCode.Created, cancellationToken);
    }

    private Task<Uri?> StartAsync(string query, CancellationToken cancellationToken) =>
        transport.SendSmallAsync<Uri?>(
            () => new HttpRequestMessage(HttpMethod.Post, transport.Address($"{repository}/blobs/uploads/{query}")),
            repository,
            MaximumAnswer,
            (response, _) =>
                response.StatusCode switch
                {
                    HttpStatusCode.Created when query.Length > 0 => null,
                    HttpStatusCode.Accepted => Location(response),
                    _ => throw OciTransport.Unexpected(response),
                },
            cancellationToken
        );

    /// <summary>Where an upload goes on, and how many bytes the registry has of it.</summary>
    private Task<(Uri Upload, long Have)> StatusAsync(Uri upload, CancellationToken cancellationToken) =>
        transport.SendSmallAsync(
            () => new HttpRequestMessage(HttpMethod.Get, upload),
            repository,
            MaximumAnswer,
            (response, _) =>
                response.StatusCode == HttpStatusCode.NoContent
                    ? (Location(response), Have(response))
                    : throw OciTransport.Unexpected(response),
            cancellationToken
        );

    private Task<Uri> SendAsync(Func<HttpRequestMessage> create, HttpStatusCode expected, CancellationToken cancellationToken) =>
        transport.SendAsync(
            create,
            repository,
            _limits,
            (response, _) =>
                response.StatusCode == expected ? Task.FromResult(Location(response)) : throw OciTransport.Unexpected(response),
            cancellationToken
        );

    private HttpRequestMessage Put(Uri upload, HttpContent content)
    {
        var separator = upload.Query.Length == 0 ? "?" : "&";
        var address = new Uri($"{upload.AbsoluteUri}{separator}digest={Uri.EscapeDataString(blob.Digest.ToString())}");
        return new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
    }

    private static HttpRequestMessage Patch(Uri upload, HttpContent content, long from, long length)
    {
        // The specification's form, which is not RFC 9110's: no unit, no total.
        content.Headers.TryAddWithoutValidation("Content-Range", $"{from}-{from + length - 1}");
        return new HttpRequestMessage(HttpMethod.Patch, upload) { Content = content };
    }

    private static StreamContent Slice(Stream content, long from, long length)
    {
        content.Position = from;
        var slice = new StreamContent(new SliceStream(content, length));
        slice.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        slice.Headers.ContentLength = length;
        return slice;
    }

    private static Uri Location(HttpResponseMessage response) =>
        response.Headers.Location is { } location
            ? OciTransport.Resolve(response, location.OriginalString)
            : throw new OciException(OciErrorCode.Invalid, "The registry gave no Location for the upload.");

    private static long Have(HttpResponseMessage response)
    {
        // "Range: 0-N", again without a unit.
        var range = response.Headers.TryGetValues("Range", out var values) ? values.First() : "";
        var dash = range.LastIndexOf('-');
        return dash >= 0 && long.TryParse(range[(dash + 1)..], out var last) && last > 0 ? last + 1 : 0;
    }
}
