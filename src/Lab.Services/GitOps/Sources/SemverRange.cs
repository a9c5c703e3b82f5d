namespace Lab.Services.GitOps.Sources;

/// <summary>
/// A range of versions as Flux takes it: comparisons (<c>= != &gt; &lt; &gt;= &lt;=</c>), <c>~</c>, <c>^</c>, <c>x</c> and <c>*</c>, <c>a - b</c>;
/// a space or comma is "and", <c>||</c> is "or". A pre-release is in a range only if one of the range's own versions is one.
/// </summary>
internal sealed class SemverRange
{
    private const int Longest = 256;
    private static readonly string[] Operators = [">=", "=>", "<=", "=<", "!=", ">", "<", "=", "~>", "~", "^"];

    private readonly List<List<Comparison>> _alternatives;

    private SemverRange(List<List<Comparison>> alternatives) => _alternatives = alternatives;

    /// <exception cref="FormatException">It is no range.</exception>
    public static SemverRange Parse(string text)
    {
        if (text.Length is 0 or > Longest)
            throw new FormatException("a version range has 1 to 256 characters");
        return new SemverRange([.. text.Split("||").Select(ParseAll)]);
    }

    public bool Contains(SemanticVersion version) => _alternatives.Exists(all => all.TrueForAll(one => one.Holds(version)));

    /// <summary>The newest of the tags that are versions in the range; null when there is none. Of equal ones, the last by name.</summary>
    public string? Choose(IEnumerable<string> tags)
    {
        (SemanticVersion Version, string Tag)? best = null;
        foreach (var tag in tags)
        {
            if (!SemanticVersion.TryParse(tag, out var version) || !Contains(version))
                continue;
            var order = best is null ? 1 : version.CompareTo(best.Value.Version);
            if (order > 0 || (order == 0 && string.CompareOrdinal(tag, best!.Value.Tag) > 0))
                best = (version, tag);
        }

        return best?.Tag;
    }

    private static List<Comparison> ParseAll(string text)
    {
        var hyphen = text.Split(" - ");
        if (hyphen.Length == 2)
            return [Comparison.Of(">=", hyphen[0].Trim()), Comparison.Of("<=", hyphen[1].Trim())];
        var all = new List<Comparison>();
        var rest = text.Trim();
        while (rest.Length > 0)
        {
            var sign = Operators.FirstOrDefault(sign => rest.StartsWith(sign, StringComparison.Ordinal)) ?? "";
            rest = rest[sign.Length..].TrimStart();
            var end = rest.IndexOfAny([' ', ',']);
            all.Add(Comparison.Of(sign, end < 0 ? rest : rest[..end]));
            rest = end < 0 ? "" : rest[end..].TrimStart(' ', ',');
        }

        return all.Count > 0 ? all : throw new FormatException("an empty version range");
    }

    private sealed record Comparison(Func<SemanticVersion, bool> Test, bool TakesPrereleases)
    {
        public bool Holds(SemanticVersion version) => (TakesPrereleases || !version.IsPrerelease) && Test(version);

        public static Comparison Of(string sign, string text)
        {
            var (low, parts) = Partial(text);
            // The first version that is no longer meant by what was written: 1.2 ends at 1.3.0.
            var end = parts switch
            {
                0 => null,
                1 => new SemanticVersion(low.Major + 1, 0, 0, []),
                2 => new SemanticVersion(low.Major, low.Minor + 1, 0, []),
                _ => null,
            };
            bool Meant(SemanticVersion version) =>
                parts == 3 ? version.CompareTo(low) == 0 : version.CompareTo(low) >= 0 && (end is null || Before(version, end));
            Func<SemanticVersion, bool> test = sign switch
            {
                "" or "=" => Meant,
                "!=" => version => !Meant(version),
                ">" => version => parts == 3 ? version.CompareTo(low) > 0 : end is not null && version.CompareTo(end) >= 0,
                ">=" or "=>" => version => version.CompareTo(low) >= 0,
                "<" => version => parts > 0 && version.CompareTo(low) < 0,
                "<=" or "=<" => version => parts == 3 ? version.CompareTo(low) <= 0 : end is null || Before(version, end),
                "~" or "~>" => version => version.CompareTo(low) >= 0 && (parts == 0 || Before(version, TildeEnd(low, parts))),
                "^" => version => version.CompareTo(low) >= 0 && (parts == 0 || Before(version, CaretEnd(low, parts))),
                _ => throw new FormatException($"unknown comparison {sign}"),
            };
            return new Comparison(test, low.IsPrerelease);
        }

        // 2.0.0-rc.1 is not below 2.0.0 in the sense of a range that ends there.
        private static bool Before(SemanticVersion version, SemanticVersion end) =>
            (version.Major, version.Minor, version.Patch).CompareTo((end.Major, end.Minor, end.Patch)) < 0;

        private static SemanticVersion TildeEnd(SemanticVersion low, int parts) =>
            parts == 1 ? new SemanticVersion(low.Major + 1, 0, 0, []) : new SemanticVersion(low.Major, low.Minor + 1, 0, []);

        private static SemanticVersion CaretEnd(SemanticVersion low, int parts) =>
            low.Major > 0 || parts == 1 ? new SemanticVersion(low.Major + 1, 0, 0, [])
            : low.Minor > 0 || parts == 2 ? new SemanticVersion(0, low.Minor + 1, 0, [])
            : new SemanticVersion(0, 0, low.Patch + 1, []);

        private static (SemanticVersion Low, int Parts) Partial(string text)
        {
            if (SemanticVersion.TryParse(text, out var full))
                return (full, 3);
            var words = (text.StartsWith('v') ? text[1..] : text).Split('.');
            var numbers = new ulong[3];
            var parts = 0;
            var wild = false;
            if (words.Length > 3)
                throw new FormatException($"'{text}' is no version");
            foreach (var word in words)
            {
                if (word is "x" or "X" or "*")
                    wild = true;
                else if (wild || !SemanticVersion.TryNumber(word, out numbers[parts++]))
                    throw new FormatException($"'{text}' is no version");
            }

            return (new SemanticVersion(numbers[0], numbers[1], numbers[2], []), parts);
        }
    }
}
