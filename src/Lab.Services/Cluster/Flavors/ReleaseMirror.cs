using System.Net;
using System.Security.Cryptography;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Flavors;

/// <summary>
/// Where files of releases are fetched from: their makers' own sites, or a folder or an address that holds copies below host and path, as
/// <c>wget --force-directories</c> leaves them.
/// </summary>
internal sealed class ReleaseMirror : IDisposable
{
    /// <summary>Lists of checksums are a few lines.</summary>
    private const int LongestList = 1 << 20;

    /// <summary>The largest file of a release is under 0.5 GB; in bytes.</summary>
    private const long LongestFile = 2L << 30;

    // How long a server may be silent.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string? _folder;
    private readonly Uri? _address;
    private readonly HttpClient? _client;

    /// <param name="mirror">A folder, an address, or null for the makers' own sites.</param>
    /// <exception cref="RigException">It is neither.</exception>
    public ReleaseMirror(string? mirror)
    {
        if (mirror is null)
            _client = CreateClient();
        else if (Uri.TryCreate(mirror, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            _address = new Uri(mirror.TrimEnd('/') + "/");
            _client = CreateClient();
        }
        else if (Directory.Exists(mirror))
            _folder = Path.GetFullPath(mirror);
        else
            throw new RigException("the mirror is neither a folder nor an address", mirror, "name a folder, or http(s)://…");
    }

    /// <summary>
    /// Whether what is published there may be believed as it comes: over TLS, or from this machine's own disk. Over plain HTTP, anybody in
    /// between could have written it.
    /// </summary>
    public bool IsAuthentic => _address?.Scheme != "http";

    /// <summary>Reads a small text.</summary>
    /// <exception cref="LabException">It cannot be had.</exception>
    public async Task<string> ReadTextAsync(Uri original, CancellationToken cancellationToken)
    {
        await using var source = await OpenAsync(original, cancellationToken);
        using var buffer = new MemoryStream();
        await CopyAsync(source, original, buffer, LongestList, null, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Fetches a file, and keeps it only if it is the one.</summary>
    /// <param name="original">Where its makers publish it.</param>
    /// <param name="sha256">What it must be.</param>
    /// <param name="path">Where it goes; appears there complete or not at all.</param>
    /// <param name="received">Told how many bytes came.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">It cannot be had, or is not what it must be.</exception>
    public async Task FetchAsync(
        Uri original,
        string sha256,
        string path,
        Action<long>? received,
        CancellationToken cancellationToken
    )
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            string digest;
            await using (var source = await OpenAsync(original, cancellationToken))
            await using (var target = new FileStream(temporary, FileMode.CreateNew))
                digest = await CopyAsync(source, original, target, LongestFile, received, cancellationToken);
            if (digest != sha256)
                throw new LabException(
                    $"it is not the file that was published: its SHA-256 is {digest}, not {sha256}",
                    Find(original),
                    "take another mirror; nothing of this file was kept"
                );
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public void Dispose() => _client?.Dispose();

    private async Task<Stream> OpenAsync(Uri original, CancellationToken cancellationToken)
    {
        var where = Find(original);
        try
        {
            if (_client is null)
                return File.OpenRead(where);
            var response = await _client.GetAsync(where, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
                return await response.Content.ReadAsStreamAsync(cancellationToken);
            response.Dispose();
            throw new LabException($"the server answers {(int)response.StatusCode}", where, "name a release that is there");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw Unavailable(where, exception);
        }
        catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(where, exception);
        }
    }

    private async Task<string> CopyAsync(
        Stream source,
        Uri original,
        Stream target,
        long most,
        Action<long>? received,
        CancellationToken cancellationToken
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        var total = 0L;
        while (await ReadAsync(source, buffer, original, cancellationToken) is var count and > 0)
        {
            total += count;
            if (total > most)
                throw new LabException($"it is longer than {most} bytes", Find(original), "take another mirror");
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            received?.Invoke(total);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<int> ReadAsync(Stream source, byte[] buffer, Uri original, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await source.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(Find(original), exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw Unavailable(Find(original), exception);
        }
    }

    private string Find(Uri original)
    {
        var below = $"{original.Host}{original.AbsolutePath}";
        if (_folder is not null)
            return Path.Combine(_folder, Uri.UnescapeDataString(below));
        return _address is null ? original.AbsoluteUri : new Uri(_address, below).AbsoluteUri;
    }

    private static LabException Unavailable(string where, Exception exception) =>
        new(
            $"it cannot be fetched: {exception.Message}",
            where,
            "check the network, or name a mirror that this machine reaches",
            exception
        );

    // From https it is never redirected to http: SocketsHttpHandler does not follow that.
    private static HttpClient CreateClient() =>
        new(new SocketsHttpHandler { ConnectTimeout = Patience, MaxAutomaticRedirections = 5 })
        {
            Timeout = TimeSpan.FromHours(1),
        };
}
