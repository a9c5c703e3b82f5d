namespace Lab.BootAgent.Devices;

/// <summary>The list of kernel modules in load order, one absolute path a line; <c>#</c> starts a comment.</summary>
internal static class ModuleList
{
    /// <summary>Most modules a list may name.</summary>
    public const int Limit = 64;

    /// <summary>Reads a list.</summary>
    /// <exception cref="FormatException">A line is not an absolute path to a module, or there are too many.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        var paths = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            var path = line.Trim();
            if (path.Length == 0 || path[0] == '#')
                continue;
            if (path[0] != '/' || path.Contains("..", StringComparison.Ordinal) || !IsModule(path))
                throw new FormatException($"'{path}' is not an absolute path to a .ko, .ko.xz or .ko.zst file");
            if (paths.Count == Limit)
                throw new FormatException($"more than {Limit} modules");
            paths.Add(path);
        }

        return paths;
    }

    /// <summary>Whether the kernel must unpack the module itself.</summary>
    public static bool IsCompressed(string path) => !path.EndsWith(".ko", StringComparison.Ordinal);

    private static bool IsModule(string path) =>
        path.EndsWith(".ko", StringComparison.Ordinal)
        || path.EndsWith(".ko.xz", StringComparison.Ordinal)
        || path.EndsWith(".ko.zst", StringComparison.Ordinal);
}
