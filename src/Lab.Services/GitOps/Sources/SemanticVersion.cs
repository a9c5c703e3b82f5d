using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Lab.Services.GitOps.Sources;

/// <summary>A version by Semantic Versioning 2.0.0; a leading v is allowed, as tags have it.</summary>
internal sealed record SemanticVersion(ulong Major, ulong Minor, ulong Patch, IReadOnlyList<string> Prerelease)
    : IComparable<SemanticVersion>
{
    private const int Longest = 128;

    public bool IsPrerelease => Prerelease.Count > 0;

    public static bool operator <(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) >= 0;

    public static bool TryParse(string text, [NotNullWhen(true)] out SemanticVersion? version)
    {
        version = null;
        if (text.Length is 0 or > Longest)
            return false;
        var rest = text[0] == 'v' ? text[1..] : text;
        var build = rest.IndexOf('+', StringComparison.Ordinal);
        if (build >= 0 && !AreIdentifiers(rest[(build + 1)..], numbersPadded: true))
            return false;
        rest = build >= 0 ? rest[..build] : rest;
        var dash = rest.IndexOf('-', StringComparison.Ordinal);
        var prerelease = dash >= 0 ? rest[(dash + 1)..] : null;
        if (prerelease is not null && !AreIdentifiers(prerelease, numbersPadded: false))
            return false;
        var numbers = (dash >= 0 ? rest[..dash] : rest).Split('.');
        if (
            numbers.Length != 3
            || !TryNumber(numbers[0], out var major)
            || !TryNumber(numbers[1], out var minor)
            || !TryNumber(numbers[2], out var patch)
        )
            return false;
        version = new SemanticVersion(major, minor, patch, prerelease?.Split('.') ?? []);
        return true;
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
            return 1;
        var core = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (core != 0)
            return core;
        // Section 11: a pre-release goes before its release.
        if (!IsPrerelease || !other.IsPrerelease)
            return other.IsPrerelease.CompareTo(IsPrerelease);
        for (var index = 0; index < Math.Min(Prerelease.Count, other.Prerelease.Count); index++)
        {
            var part = CompareIdentifiers(Prerelease[index], other.Prerelease[index]);
            if (part != 0)
                return part;
        }

        return Prerelease.Count.CompareTo(other.Prerelease.Count);
    }

    /// <summary>A numeric identifier: no sign, no leading zero.</summary>
    public static bool TryNumber(string text, out ulong number)
    {
        number = 0;
        return text.Length > 0
            && text.All(char.IsAsciiDigit)
            && (text.Length == 1 || text[0] != '0')
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static int CompareIdentifiers(string left, string right)
    {
        var leftIsNumber = TryNumber(left, out var leftNumber);
        var rightIsNumber = TryNumber(right, out var rightNumber);
        return (leftIsNumber, rightIsNumber) switch
        {
            (true, true) => leftNumber.CompareTo(rightNumber),
            (true, false) => -1,
            (false, true) => 1,
            _ => string.CompareOrdinal(left, right),
        };
    }

    private static bool AreIdentifiers(string text, bool numbersPadded) =>
        text.Split('.')
            .All(part =>
                part.Length > 0
                && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
                && (numbersPadded || !part.All(char.IsAsciiDigit) || part.Length == 1 || part[0] != '0')
            );
}
