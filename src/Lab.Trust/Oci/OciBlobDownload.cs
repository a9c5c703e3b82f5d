using System.Net;
using System.Net.Http.Headers;
using Lab.Trust.Transport;

namespace Lab.Trust.Oci;

/// <summary>One blob, verified while it comes, continued by Range when the connection breaks.</summary>
internal sealed class OciBlobDownload(OciTransport transport, string repository, OciDescriptor blob)
{
    private readonly Uri _address = transport.Address($"{repository}/blobs/{blob.Digest}");

    public async Task RunAsync(Stream destination, CancellationToken cancellationToken)
    {
        var maximum = transport.Options.Limits.MaximumBlobLength;
        if (blob.Size > maximum)
        {
            throw new OciException(OciErrorCode.TooLarge, $"Blob of {blob.Size} bytes; {maximum} are allowed.");
        }
        await using var sink = new HashingStream(destination, blob.Digest);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await transport.SendAsync(
                    () => Request(sink.Written),
                    repository,
                    transport.Options.Bulk,
                    (response, transfer) => ReadAsync(response, transfer, sink),
                    cancellationToken
                );
            }
            catch (OciException e)
                when (e.Code == OciErrorCode.FetchFailed
                    && e.InnerException is not (null or TransferTooSlowException)
                    && tries < transport.Options.Limits.MaximumResumptions
                )
            {
                continue;
            }
            break;
        }
        if (sink.Written != blob.Size || !sink.Matches())
        {
            throw Mismatch($"{sink.Written} bytes came, which do not have this digest");
        }
    }

    private HttpRequestMessage Request(long from)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _address);
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, blob.Size - 1);
        }
        return request;
    }

    private async Task<bool> ReadAsync(HttpResponseMessage response, BoundedTransfer transfer, HashingStream sink)
    {
        var have = sink.Written;
        if (response.StatusCode == HttpStatusCode.PartialContent && have > 0)
        {
            if (response.Content.Headers.ContentRange?.From != have)
            {
                throw new OciException(OciErrorCode.Invalid, "The registry answered with another range than asked for.");
            }
        }
        else if (response.StatusCode == HttpStatusCode.OK)
        {
            sink.Skip(have);
            have = 0;
        }
        else
        {
            throw OciTransport.Unexpected(response);
        }
        var expected = blob.Size - have;
        if (response.Content.Headers.ContentLength is { } length && length != expected)
        {
            throw Mismatch($"the registry announces {length} bytes");
        }
        await using var body = await response.Content.ReadAsStreamAsync(transfer.Token);
        try
        {
            await transfer.CopyAsync(body, sink, expected);
        }
        catch (TransferTooLongException e)
        {
            throw Mismatch(e.Message);
        }
        // A chunked answer can end early without an error.
        return transfer.Received == expected
            ? true
            : throw new IOException($"The blob ended after {transfer.Received} of {expected} bytes.");
    }

    private OciException Mismatch(string why) =>
        new(OciErrorCode.DigestMismatch, $"Blob {blob.Digest} of {blob.Size} bytes: {why}.");
}
