using System.Globalization;

namespace Lab.Controller.Tracing.Otlp;

/// <summary>
/// Where traces are sent: OpenTelemetry's environment variables (OpenTelemetry specification, "OpenTelemetry Protocol Exporter" and
/// "Environment Variable Specification"), those for traces before those for all signals.
/// </summary>
/// <param name="Endpoint">The address to post to.</param>
/// <param name="Headers">Headers to send along; they may hold secrets.</param>
/// <param name="Timeout">How long sending may take, retries included.</param>
/// <param name="Compress">Whether the message is compressed with gzip.</param>
internal sealed record OtlpSettings(
    Uri Endpoint,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    TimeSpan Timeout,
    bool Compress
)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const double DefaultTimeout = 10_000;

    /// <summary>The settings, or null where no collector is named or tracing is switched off.</summary>
    /// <param name="variable">Reads a variable.</param>
    /// <exception cref="FormatException">A variable has a value that cannot be used; the message names it.</exception>
    public static OtlpSettings? Read(Func<string, string?> variable)
    {
        if (Is(variable("OTEL_SDK_DISABLED"), "true") || Is(variable("OTEL_TRACES_EXPORTER"), "none"))
        {
            return null;
        }

        if (ReadEndpoint(variable) is not { } endpoint)
        {
            return null;
        }

        if (Is(Find(variable, "PROTOCOL").Value, "grpc"))
        {
            throw new FormatException(
                $"{Find(variable, "PROTOCOL").Name} is grpc; the lab speaks OTLP over HTTP: set it to http/json and the endpoint to the collector's port for HTTP (4318)"
            );
        }

        return new OtlpSettings(
            endpoint,
            ReadHeaders(Find(variable, "HEADERS").Value ?? ""),
            ReadTimeout(variable),
            Is(Find(variable, "COMPRESSION").Value, "gzip")
        );
    }

    private static Uri? ReadEndpoint(Func<string, string?> variable)
    {
        const string forTraces = Prefix + "TRACES_ENDPOINT";
        const string forAll = Prefix + "ENDPOINT";
        if (variable(forTraces) is { Length: > 0 } exact)
        {
            // Taken as it is: nothing is appended.
            return ReadAddress(forTraces, exact);
        }

        return variable(forAll) is { Length: > 0 } common ? ReadAddress(forAll, common.TrimEnd('/') + "/v1/traces") : null;
    }

    private static Uri ReadAddress(string name, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https")
            ? address
            : throw new FormatException($"{name} is not an http or https address");

    private static TimeSpan ReadTimeout(Func<string, string?> variable)
    {
        var (name, value) = Find(variable, "TIMEOUT");
        if (value is null)
        {
            return TimeSpan.FromMilliseconds(DefaultTimeout);
        }

        return
            double.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is > 0 and < int.MaxValue
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new FormatException($"{name} is not a number of milliseconds");
    }

    /// <summary>Headers are written as W3C Baggage is: <c>name=value,name=value</c>, values percent-encoded.</summary>
    private static List<KeyValuePair<string, string>> ReadHeaders(string text) =>
        [
            .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2, StringSplitOptions.TrimEntries))
                .Where(pair => pair is [{ Length: > 0 }, _])
                .Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair[1]))),
        ];

    private static (string Name, string? Value) Find(Func<string, string?> variable, string name)
    {
        var forTraces = $"{Prefix}TRACES_{name}";
        return variable(forTraces) is { Length: > 0 } value ? (forTraces, value)
            : variable(Prefix + name) is { Length: > 0 } common ? (Prefix + name, common)
            : (Prefix + name, null);
    }

    private static bool Is(string? value, string word) => string.Equals(value, word, StringComparison.OrdinalIgnoreCase);
}
