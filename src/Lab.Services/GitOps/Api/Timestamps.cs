using System.Globalization;

namespace Lab.Services.GitOps.Api;

/// <summary>Times as the Kubernetes API writes them (RFC 3339, UTC).</summary>
internal static class Timestamps
{
    public static string Seconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Precise(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
}
