using System.Net;
using Lab.Trust.Transport;

namespace Lab.Trust.Tuf;

/// <summary>Fetches over HTTP, bounded in length, time and minimum rate.</summary>
public sealed class HttpTufFetcher : ITufFetcher
{
    private readonly HttpClient _client;
    private readonly Uri _base;
    private readonly TransferLimits _limits;
    private readonly TimeProvider _time;

    /// <param name="client">Its own timeout should be at least <see cref="TransferLimits.TotalTime"/>, or infinite.</param>
    /// <param name="baseAddress">Folder URL; a missing last slash is added.</param>
    /// <param name="limits">Default <see cref="TransferLimits.Metadata"/>.</param>
    /// <param name="time">Default the system's.</param>
    public HttpTufFetcher(HttpClient client, Uri baseAddress, TransferLimits? limits = null, TimeProvider? time = null)
    {
        _client = client;
        _base = baseAddress.AbsoluteUri.EndsWith('/') ? baseAddress : new Uri(baseAddress.AbsoluteUri + "/");
        _limits = limits ?? TransferLimits.Metadata;
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public async Task<bool> FetchAsync(string path, Stream destination, long maximumLength, CancellationToken cancellationToken)
    {
        // Joined as text: a first segment with a colon would otherwise read as an absolute URL.
        var address = new Uri(_base.AbsoluteUri + path);
        using var transfer = new BoundedTransfer(_limits, _time, cancellationToken);
        try
        {
            return await transfer.RunAsync(_ => CopyAsync(address, destination, maximumLength, transfer));
        }
        catch (TransferTooLongException e)
        {
            throw new TufException(TufErrorCode.Invalid, $"{address}: {e.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TufException(TufErrorCode.FetchFailed, $"{address}: {e.Message}", e);
        }
    }

    private async Task<bool> CopyAsync(Uri address, Stream destination, long maximumLength, BoundedTransfer transfer)
    {
        using var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, transfer.Token);
        // Object stores answer 403 for a missing object to those who may not list.
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
        {
            return false;
        }
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"HTTP status {(int)response.StatusCode}.");
        }
        if (response.Content.Headers.ContentLength > maximumLength)
        {
            throw new TransferTooLongException(
                $"{response.Content.Headers.ContentLength} bytes announced, {maximumLength} allowed."
            );
        }
        await using var body = await response.Content.ReadAsStreamAsync(transfer.Token);
        await transfer.CopyAsync(body, destination, maximumLength);
        return true;
    }
}
