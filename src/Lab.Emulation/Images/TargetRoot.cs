using System.Reflection;
using Lab.Host.Debian;
using Lab.Model.Errors;

namespace Lab.Emulation.Images;

/// <summary>The target's root file system, which stays in memory: busybox, tpm2-tools with their libraries, the node's agent.</summary>
internal sealed class TargetRoot(BoardParts parts, KernelModules modules)
{
    private const string Suite = "trixie";
    private const string Libraries = "usr/lib/aarch64-linux-gnu";
    private const string ResourcePrefix = "target/";

    // tpm2-tools loads its way to the device at run time, so no file asks for it by name.
    private static readonly string[] LoadedAtRunTime = ["libtss2-tcti-device.so.0"];

    private readonly Dictionary<string, string> _libraries = FindLibraries(parts.Packages);

    public async Task<byte[]> BuildAsync(CancellationToken cancellationToken)
    {
        var archive = new CpioArchive();
        AddSkeleton(archive);
        await AddBusyboxAsync(archive, cancellationToken);
        await AddTpmToolsAsync(archive, cancellationToken);
        foreach (string file in (string[])["usr/lib/os-release", "etc/debian_version"])
        {
            archive.File(file, await File.ReadAllBytesAsync(parts.Package(Suite, "base-files").PathOf(file), cancellationToken));
        }

        archive.Link("etc/os-release", "../usr/lib/os-release");
        archive.File(
            "usr/lib/hwlab/agent",
            await File.ReadAllBytesAsync(parts.Agent.Path, cancellationToken),
            CpioArchive.Executable
        );
        await LinuxBootBuilder.AddModulesAsync(
            archive,
            modules,
            LinuxBootBuilder.Modules,
            "usr/lib/modules-hwlab",
            cancellationToken
        );
        AddOwnFiles(archive);
        return archive.ToArray();
    }

    private static void AddSkeleton(CpioArchive archive)
    {
        foreach (
            string folder in (string[])["proc", "sys", "dev", "run", "tmp", "var/lib/hwlab", "usr/bin", "usr/sbin", Libraries]
        )
        {
            archive.Directory(folder);
        }

        archive.Directory("root", 0x1C0);
        archive.CharacterDevice("dev/console", 5, 1);
        archive.Link("bin", "usr/bin").Link("sbin", "usr/sbin").Link("lib", "usr/lib");
        archive.Link("var/run", "../run").Link("etc/mtab", "../proc/self/mounts").Link("etc/resolv.conf", "../run/resolv.conf");
        archive.Text("etc/hostname", "hwlab\n");
        archive.Text("etc/hosts", "127.0.0.1 localhost hwlab\n");
        archive.Text("etc/passwd", "root::0:0:root:/root:/bin/sh\n").Text("etc/group", "root:x:0:\ntss:x:100:\n");
    }

    private async Task AddBusyboxAsync(CpioArchive archive, CancellationToken cancellationToken)
    {
        byte[] busybox = await File.ReadAllBytesAsync(
            parts.Package(Suite, "busybox-static").PathOf("usr/bin/busybox"),
            cancellationToken
        );
        archive.File("usr/bin/busybox", busybox, CpioArchive.Executable).Link("init", "usr/bin/busybox");
        foreach (string applet in BusyboxApplets.Names)
        {
            archive.Link($"usr/bin/{applet}", "busybox");
        }

        foreach (string applet in BusyboxApplets.SystemNames)
        {
            archive.Link($"usr/sbin/{applet}", "../bin/busybox");
        }
    }

    private async Task AddTpmToolsAsync(CpioArchive archive, CancellationToken cancellationToken)
    {
        string tools = parts.Package(Suite, "tpm2-tools").PathOf("usr/bin");
        byte[] program = await File.ReadAllBytesAsync(Path.Combine(tools, "tpm2"), cancellationToken);
        archive.File("usr/bin/tpm2", program, CpioArchive.Executable);
        foreach (string link in Directory.EnumerateFiles(tools, "tpm2_*").Order(StringComparer.Ordinal))
        {
            archive.Link($"usr/bin/{Path.GetFileName(link)}", "tpm2");
        }

        Queue<string> wanted = new([.. ElfLibraries.Needs(program), .. LoadedAtRunTime]);
        SortedDictionary<string, byte[]> found = new(StringComparer.Ordinal);
        while (wanted.TryDequeue(out string? name))
        {
            if (found.ContainsKey(name))
            {
                continue;
            }

            if (!_libraries.TryGetValue(name, out string? path))
            {
                throw new LabException($"no package brings the library {name}", "tpm2-tools", "run hwlab setup --refresh");
            }

            found[name] = await File.ReadAllBytesAsync(path, cancellationToken);
            foreach (string needed in ElfLibraries.Needs(found[name]))
            {
                wanted.Enqueue(needed);
            }
        }

        foreach ((string name, byte[] content) in found)
        {
            // The kernel itself looks for the dynamic loader, at the one path that programs name.
            bool loader = name.StartsWith("ld-linux", StringComparison.Ordinal);
            archive.File(loader ? $"usr/lib/{name}" : $"{Libraries}/{name}", content, CpioArchive.Executable);
        }
    }

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

    private static void AddOwnFiles(CpioArchive archive)
    {
        Assembly assembly = typeof(TargetRoot).Assembly;
        foreach (
            string name in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            bool script = content.AsSpan().StartsWith("#!"u8);
            archive.File(name[ResourcePrefix.Length..], content, script ? CpioArchive.Executable : CpioArchive.Readable);
        }
    }
}
