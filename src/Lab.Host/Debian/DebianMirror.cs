using Lab.Model.Errors;

namespace Lab.Host.Debian;

/// <summary>Which Debian archive to fetch from: the one that this machine's own apt uses, unless a setting names another.</summary>
public static class DebianMirror
{
    /// <summary>The environment variable that names a mirror.</summary>
    public const string Setting = "HWLAB_DEBIAN_MIRROR";

    // Code names and classes of Debian's main archive; the archive that serves one of them serves them all.
    private static readonly string[] Suites =
    [
        "oldoldstable",
        "oldstable",
        "stable",
        "testing",
        "unstable",
        "sid",
        "bullseye",
        "bookworm",
        "trixie",
        "forky",
        "duke",
    ];

    /// <summary>The mirror's base address.</summary>
    /// <param name="setting">What the user set, or null.</param>
    /// <param name="aptFolder">Where apt's sources are.</param>
    /// <exception cref="LabException">No source of this machine serves Debian's main archive.</exception>
    public static string Find(string? setting, string aptFolder = "/etc/apt")
    {
        if (!string.IsNullOrWhiteSpace(setting))
        {
            return setting.Trim().TrimEnd('/');
        }

        AptSource? source = ReadSources(aptFolder).FirstOrDefault(ServesDebianMain);
        return source?.Uri.TrimEnd('/')
            ?? throw new LabException(
                "no apt source of this machine serves Debian's main archive, where kernel and firmware come from",
                aptFolder,
                $"set {Setting} to the base address of a Debian mirror"
            );
    }

    internal static IEnumerable<AptSource> ReadSources(string aptFolder)
    {
        string parts = Path.Combine(aptFolder, "sources.list.d");
        IEnumerable<string> files = Directory.Exists(parts) ? Directory.EnumerateFiles(parts).Order(StringComparer.Ordinal) : [];
        foreach (string file in files.Prepend(Path.Combine(aptFolder, "sources.list")).Where(File.Exists))
        {
            IEnumerable<AptSource> sources = Path.GetExtension(file) switch
            {
                ".list" => AptSourceParser.ParseList(File.ReadAllText(file)),
                ".sources" => AptSourceParser.ParseDeb822(File.ReadAllText(file)),
                _ => [],
            };
            foreach (AptSource source in sources)
            {
                yield return source;
            }
        }
    }

    private static bool ServesDebianMain(AptSource source) =>
        source.Components.Contains("main", StringComparer.Ordinal)
        && source.Suites.Intersect(Suites, StringComparer.Ordinal).Any()
        && !source.Uri.TrimEnd('/').EndsWith("-security", StringComparison.Ordinal);
}
