using Lab.Trust.Storage;
using Lab.Trust.Transport;

namespace Lab.Trust.Tuf;

/// <summary>
/// The command-line protocol of the public tuf-conformance suite, so that the suite can be pointed at this client:
/// <c>--metadata-dir D init ROOT</c>, <c>--metadata-dir D --metadata-url U refresh</c>,
/// <c>--metadata-dir D --metadata-url U --target-name T --target-base-url B --target-dir TD download</c>.
/// </summary>
public static class TufConformanceClient
{
    /// <param name="arguments">Options and the command, in any order.</param>
    /// <param name="options">Schemes and clock; the suite needs an Ed25519 scheme among them.</param>
    /// <param name="error">Receives one line when the result is not 0.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>0 or 1, as the protocol has it.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        TufClientOptions options,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await DispatchAsync(Parse(arguments), options, cancellationToken);
            return 0;
        }
        catch (TufException e)
        {
            await error.WriteLineAsync($"{e.Refusal}: {e.Message}");
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
        }
        return 1;
    }

    private static Dictionary<string, string> Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            if (name is "refresh" or "download")
            {
                values["command"] = name;
                continue;
            }
            if (i + 1 == arguments.Count)
            {
                throw new ArgumentException($"'{name}' needs a value.", nameof(arguments));
            }
            values[name] = arguments[++i];
            if (name == "init")
            {
                values["command"] = name;
            }
        }
        return values;
    }

    private static async Task DispatchAsync(
        Dictionary<string, string> values,
        TufClientOptions options,
        CancellationToken cancellationToken
    )
    {
        var store = new FileTufStore(Value(values, "--metadata-dir"));
        if (Value(values, "command") == "init")
        {
            var root = await File.ReadAllBytesAsync(Value(values, "init"), cancellationToken);
            TufClient.Initialize(store, root, options);
            return;
        }
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var metadata = new Uri(Value(values, "--metadata-url"));
        // Transfers are timed by the machine's clock: the suite turns the other one.
        var client = new TufClient(new HttpTufFetcher(http, metadata), store, options);
        await client.RefreshAsync(cancellationToken);
        if (values["command"] == "download")
        {
            await DownloadAsync(client, http, values, cancellationToken);
        }
    }

    private static async Task DownloadAsync(
        TufClient client,
        HttpClient http,
        Dictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        var target = await client.FindTargetAsync(Value(values, "--target-name"), cancellationToken);
        var folder = Value(values, "--target-dir");
        Directory.CreateDirectory(folder);
        // One file a target, whatever slashes its path has.
        var path = Path.Combine(folder, Uri.EscapeDataString(target.Path));
        if (File.Exists(path))
        {
            await using var present = File.OpenRead(path);
            if (await TufClient.IsTargetAsync(target, present, cancellationToken))
            {
                return;
            }
        }
        var fetcher = new HttpTufFetcher(http, new Uri(Value(values, "--target-base-url")), TransferLimits.Bulk);
        using var content = new MemoryStream();
        await client.DownloadTargetAsync(target, fetcher, content, cancellationToken);
        AtomicFile.Write(path, content.ToArray());
    }

    private static string Value(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var value) ? value : throw new ArgumentException($"'{name}' is missing.", nameof(values));
}
