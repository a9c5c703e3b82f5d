using System.Globalization;

namespace Lab.Trust.Attestation;

/// <summary>A text that names a version, and the oldest that is allowed: numbers separated by dots, compared one by one.</summary>
/// <param name="Prefix">What stands before the version: "U-Boot ".</param>
/// <param name="Minimum">The oldest version: "2023.01".</param>
public sealed record VersionFloor(string Prefix, string Minimum)
{
    private const int MaxParts = 8;

    /// <summary>Whether a version can be compared: one to eight numbers, nothing else.</summary>
    public static bool IsVersion(string text) => Numbers(text) is { } numbers && numbers.Tail.Length == 0;

    /// <summary>Whether a text has the prefix, then a version that is no older; what follows the version does not count.</summary>
    public bool Allows(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (
            !text.StartsWith(Prefix, StringComparison.Ordinal)
            || Numbers(text[Prefix.Length..]) is not { } found
            || Numbers(Minimum) is not { } least
        )
        {
            return false;
        }

        for (var i = 0; i < MaxParts; i++)
        {
            var difference = found.Parts.ElementAtOrDefault(i).CompareTo(least.Parts.ElementAtOrDefault(i));
            if (difference != 0)
            {
                return difference > 0;
            }
        }

        return true;
    }

    private static (List<uint> Parts, string Tail)? Numbers(string text)
    {
        var parts = new List<uint>();
        var at = 0;
        while (true)
        {
            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (!uint.TryParse(text[at..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            parts.Add(number);
            var goesOn = end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]);
            if (!goesOn)
            {
                return (parts, text[end..]);
            }

            if (parts.Count == MaxParts)
            {
                return null;
            }

            at = end + 1;
        }
    }
}
