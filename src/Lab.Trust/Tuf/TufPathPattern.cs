namespace Lab.Trust.Tuf;

/// <summary>Shell-style patterns of delegated paths (spec 4.5, PATHPATTERN). No wildcard matches a slash.</summary>
internal static class TufPathPattern
{
    /// <summary>Time is at most pattern length × path length: one remembered star is enough inside a segment.</summary>
    public static bool Matches(string pattern, string path)
    {
        var patterns = pattern.Split('/');
        var segments = path.Split('/');
        return patterns.Length == segments.Length && patterns.Zip(segments).All(pair => SegmentMatches(pair.First, pair.Second));
    }

    private static bool SegmentMatches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0,
            t = 0,
            star = -1,
            resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && One(pattern[p..], text[t], out var used))
            {
                p += used;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static bool One(ReadOnlySpan<char> pattern, char character, out int used)
    {
        used = 1;
        if (pattern[0] == '[' && Close(pattern) is var close and > 0)
        {
            used = close + 1;
            return InSet(pattern[1..close], character);
        }
        return pattern[0] == '?' || pattern[0] == character;
    }

    /// <summary>A bracket right after the opening (or its negation) is a member; without a closing one, '[' is itself.</summary>
    private static int Close(ReadOnlySpan<char> pattern)
    {
        var from = pattern.Length > 1 && pattern[1] == '!' ? 3 : 2;
        var close = pattern.Length > from ? pattern[from..].IndexOf(']') : -1;
        return close < 0 ? -1 : close + from;
    }

    private static bool InSet(ReadOnlySpan<char> set, char character)
    {
        var negated = set[0] == '!';
        set = negated ? set[1..] : set;
        for (var i = 0; i < set.Length; i++)
        {
            var range = i + 2 < set.Length && set[i + 1] == '-';
            if (range ? character >= set[i] && character <= set[i + 2] : character == set[i])
            {
                return !negated;
            }
            i += range ? 2 : 0;
        }
        return negated;
    }
}
