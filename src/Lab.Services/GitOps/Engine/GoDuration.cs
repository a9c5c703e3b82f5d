using System.Globalization;
using System.Text;

namespace Lab.Services.GitOps.Engine;

/// <summary>Durations as Go writes them, and so Kubernetes' API: <c>1h0m0s</c>, <c>1m30s</c>, <c>1.5s</c>, <c>250ms</c>.</summary>
internal static class GoDuration
{
    /// <summary>Reads a duration.</summary>
    /// <returns>Null when it is none, is zero or less, or is longer than a year.</returns>
    public static TimeSpan? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 64)
            return null;
        var total = 0.0;
        var at = 0;
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            var unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
            {
                at++;
            }

            if (
                !double.TryParse(text[digits..unit], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || Seconds(text[unit..at]) is not { } seconds
            )
                return null;
            total += number * seconds;
        }

        return total > 0 && total <= TimeSpan.FromDays(366).TotalSeconds ? TimeSpan.FromSeconds(total) : null;
    }

    /// <summary>Writes a duration to the millisecond.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(1))
            return $"{Math.Max(0, (long)duration.TotalMilliseconds)}ms";
        var text = new StringBuilder();
        if (duration.TotalHours >= 1)
            text.Append((long)duration.TotalHours).Append('h');
        if (duration.TotalMinutes >= 1)
            text.Append(duration.Minutes).Append('m');
        var seconds = duration.Seconds + duration.Milliseconds / 1000.0;
        return text.Append(seconds.ToString("0.###", CultureInfo.InvariantCulture)).Append('s').ToString();
    }

    private static double? Seconds(string unit) =>
        unit switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => null,
        };
}
