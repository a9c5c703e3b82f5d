namespace Lab.Host.Debian;

/// <summary>Reads apt's two forms of sources, one-line and deb822: sources.list(5). Unreadable entries are skipped.</summary>
internal static class AptSourceParser
{
    /// <summary>The binary entries of a <c>.list</c> file.</summary>
    public static IEnumerable<AptSource> ParseList(string text)
    {
        foreach (string line in Lines(text))
        {
            string entry = line.Split('#')[0].Trim();
            if (!entry.StartsWith("deb ", StringComparison.Ordinal) && !entry.StartsWith("deb\t", StringComparison.Ordinal))
            {
                continue;
            }

            string rest = entry[3..].Trim();
            if (rest.StartsWith('['))
            {
                int end = rest.IndexOf(']', StringComparison.Ordinal);
                if (end < 0)
                {
                    continue;
                }

                rest = rest[(end + 1)..];
            }

            string[] words = Words(rest);
            if (words.Length >= 2)
            {
                yield return new AptSource(words[0], [words[1]], words[2..]);
            }
        }
    }

    /// <summary>The binary, enabled entries of a <c>.sources</c> file.</summary>
    public static IEnumerable<AptSource> ParseDeb822(string text)
    {
        foreach (IReadOnlyDictionary<string, string> stanza in ControlFile.Parse(text))
        {
            bool enabled = !stanza.TryGetValue("Enabled", out string? flag) || flag is not ("no" or "false" or "off" or "0");
            if (!enabled || !Words(stanza.GetValueOrDefault("Types", "")).Contains("deb"))
            {
                continue;
            }

            foreach (string uri in Words(stanza.GetValueOrDefault("URIs", "")))
            {
                yield return new AptSource(
                    uri,
                    Words(stanza.GetValueOrDefault("Suites", "")),
                    Words(stanza.GetValueOrDefault("Components", ""))
                );
            }
        }
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');

    private static string[] Words(string text) => text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
