using System.Reflection;
using Lab.Host.Debian;
using Lab.Model.Errors;

namespace Lab.Emulation.Images;

/// <summary>Programs of Debian's in a root file system: each with the libraries that it asks for, and nothing else of its package.</summary>
/// <param name="packages">Where programs and libraries are taken from.</param>
internal sealed class DebianUserland(IReadOnlyList<DebianPackage> packages)
{
    /// <summary>The release that the boards' programs are of.</summary>
    public const string Suite = "trixie";

    /// <summary>Where that release keeps arm64 libraries.</summary>
    public const string Libraries = "usr/lib/aarch64-linux-gnu";

    private readonly Dictionary<string, string> _libraries = FindLibraries(packages);
    private readonly SortedSet<string> _wanted = new(StringComparer.Ordinal);

    /// <summary>Folders, links and names that every root has.</summary>
    public async Task AddSkeletonAsync(IRootArchive root, CancellationToken cancellationToken)
    {
        foreach (
            string folder in (string[])["proc", "sys", "dev", "run", "tmp", "var/lib/hwlab", "usr/bin", "usr/sbin", Libraries]
        )
        {
            root.AddDirectory(folder);
        }

        root.AddDirectory("root", 0x1C0);
        root.AddLink("bin", "usr/bin");
        root.AddLink("sbin", "usr/sbin");
        root.AddLink("lib", "usr/lib");
        root.AddLink("var/run", "../run");
        root.AddLink("etc/mtab", "../proc/self/mounts");
        foreach (string file in (string[])["usr/lib/os-release", "etc/debian_version"])
        {
            await root.AddFileAsync(file, Package("base-files").PathOf(file), CpioArchive.Readable, cancellationToken);
        }

        root.AddLink("etc/os-release", "../usr/lib/os-release");
    }

    /// <summary>busybox under all its names, except those that another program has.</summary>
    public async Task AddBusyboxAsync(IRootArchive root, IReadOnlyCollection<string> except, CancellationToken cancellationToken)
    {
        string busybox = Package("busybox-static").PathOf("usr/bin/busybox");
        await root.AddFileAsync("usr/bin/busybox", busybox, CpioArchive.Executable, cancellationToken);
        foreach (string applet in BusyboxApplets.Names.Except(except, StringComparer.Ordinal))
        {
            root.AddLink($"usr/bin/{applet}", "busybox");
        }

        foreach (string applet in BusyboxApplets.SystemNames.Except(except, StringComparer.Ordinal))
        {
            root.AddLink($"usr/sbin/{applet}", "../bin/busybox");
        }
    }

    /// <summary>tpm2-tools under all its names.</summary>
    public async Task AddTpmToolsAsync(IRootArchive root, CancellationToken cancellationToken)
    {
        await AddProgramAsync(root, "tpm2-tools", "usr/bin/tpm2", cancellationToken);
        string tools = Package("tpm2-tools").PathOf("usr/bin");
        foreach (string link in Directory.EnumerateFiles(tools, "tpm2_*").Order(StringComparer.Ordinal))
        {
            root.AddLink($"usr/bin/{Path.GetFileName(link)}", "tpm2");
        }

        // tpm2-tools loads its way to the device at run time, so no file asks for it by name.
        _wanted.Add("libtss2-tcti-device.so.0");
    }

    /// <summary>One program or plug-in of a package. Its libraries come with <see cref="AddLibrariesAsync"/>.</summary>
    public async Task AddProgramAsync(IRootArchive root, string package, string path, CancellationToken cancellationToken)
    {
        string source = Package(package).PathOf(path);
        byte[] content = await File.ReadAllBytesAsync(source, cancellationToken);
        _wanted.UnionWith(ElfLibraries.Needs(content));
        await root.AddFileAsync(path, source, CpioArchive.Executable, cancellationToken);
    }

    /// <summary>The libraries of all programs so far, and theirs.</summary>
    /// <exception cref="LabException">No package brings one of them.</exception>
    public async Task AddLibrariesAsync(IRootArchive root, CancellationToken cancellationToken)
    {
        Queue<string> queue = new(_wanted);
        HashSet<string> found = new(StringComparer.Ordinal);
        while (queue.TryDequeue(out string? name))
        {
            if (!found.Add(name))
            {
                continue;
            }

            if (!_libraries.TryGetValue(name, out string? path))
            {
                throw new LabException($"no package brings the library {name}", Suite, "run hwlab setup --refresh");
            }

            foreach (string needed in ElfLibraries.Needs(await File.ReadAllBytesAsync(path, cancellationToken)))
            {
                queue.Enqueue(needed);
            }

            // The kernel itself looks for the dynamic loader, at the one path that programs name.
            bool loader = name.StartsWith("ld-linux", StringComparison.Ordinal);
            string place = loader ? $"usr/lib/{name}" : $"{Libraries}/{name}";
            await root.AddFileAsync(place, path, CpioArchive.Executable, cancellationToken);
        }
    }

    /// <summary>The lab's own files, which are resources of this assembly below a prefix.</summary>
    public static void AddOwnFiles(IRootArchive root, string prefix)
    {
        Assembly assembly = typeof(DebianUserland).Assembly;
        foreach (
            string name in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            bool script = content.AsSpan().StartsWith("#!"u8);
            root.AddFile(name[prefix.Length..], content, script ? CpioArchive.Executable : CpioArchive.Readable);
        }
    }

    /// <summary>A package of the boards' release.</summary>
    public DebianPackage Package(string name) =>
        packages.FirstOrDefault(package => package.Suite == Suite && package.Name == name)
        ?? throw new LabException($"the package {name} is not in the cache", Suite, "run hwlab setup --refresh");

    private static Dictionary<string, string> FindLibraries(IReadOnlyList<DebianPackage> packages)
    {
        Dictionary<string, string> libraries = new(StringComparer.Ordinal);
        foreach (DebianPackage package in packages.Where(package => package.Suite == Suite))
        {
            foreach (string folder in (string[])["usr/lib", Libraries])
            {
                string path = package.PathOf(folder);
                IEnumerable<string> files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.so*") : [];
                foreach (string file in files)
                {
                    libraries.TryAdd(Path.GetFileName(file), file);
                }
            }
        }

        return libraries;
    }
}
