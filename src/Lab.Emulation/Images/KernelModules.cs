using System.Text;
using CliWrap;
using Lab.Host.Debian;
using Lab.Host.Machine;
using Lab.Model.Errors;

namespace Lab.Emulation.Images;

/// <summary>
/// Finds kernel modules and what they need, in loading order. Debian's package has no modules.dep (depmod makes it at
/// installation), so the names come from each module's own <c>depends=</c> entry.
/// </summary>
internal sealed class KernelModules
{
    private readonly Dictionary<string, string> _paths;
    private readonly HashSet<string> _builtIn;

    private KernelModules(string release, Dictionary<string, string> paths, HashSet<string> builtIn)
    {
        Release = release;
        _paths = paths;
        _builtIn = builtIn;
    }

    /// <summary>The kernel's release, as <c>uname -r</c> says it.</summary>
    public string Release { get; }

    /// <summary>Lists the modules of an unpacked kernel package.</summary>
    /// <exception cref="LabException">The package is not laid out as a kernel.</exception>
    public static KernelModules Open(DebianPackage kernel)
    {
        string root = kernel.PathOf("usr/lib/modules");
        string folder =
            (Directory.Exists(root) ? Directory.GetDirectories(root).SingleOrDefault() : null)
            ?? throw new LabException("the kernel package holds no modules", root, "run hwlab setup --refresh");
        Dictionary<string, string> paths = new(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.ko.xz", SearchOption.AllDirectories))
        {
            paths.TryAdd(Name(file), file);
        }

        HashSet<string> builtIn = new(
            File.ReadLines(Path.Combine(folder, "modules.builtin")).Select(Name),
            StringComparer.Ordinal
        );
        return new KernelModules(Path.GetFileName(folder), paths, builtIn);
    }

    /// <summary>The module files to load for these modules, in order; those built into the kernel are left out.</summary>
    /// <exception cref="LabException">The kernel has no such module.</exception>
    public async Task<IReadOnlyList<string>> ResolveAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        List<string> order = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            await VisitAsync(name, order, seen, cancellationToken);
        }

        return order;
    }

    private async Task VisitAsync(string name, List<string> order, HashSet<string> seen, CancellationToken cancellationToken)
    {
        if (_builtIn.Contains(name) || !seen.Add(name))
        {
            return;
        }

        if (!_paths.TryGetValue(name, out string? path))
        {
            throw new LabException($"the kernel has no module {name}", Release, "run hwlab setup --refresh");
        }

        foreach (string needed in await DependsAsync(path, cancellationToken))
        {
            await VisitAsync(needed, order, seen, cancellationToken);
        }

        order.Add(path);
    }

    private static async Task<IReadOnlyList<string>> DependsAsync(string path, CancellationToken cancellationToken)
    {
        using var module = new MemoryStream();
        await Cli.Wrap(HostTools.Require("xz"))
            .WithArguments(["-dc", path])
            .WithStandardOutputPipe(PipeTarget.ToStream(module))
            .ExecuteAsync(cancellationToken);
        return ReadDepends(module.ToArray());
    }

    /// <summary>The value of a module's <c>depends=</c> entry in its .modinfo section.</summary>
    internal static IReadOnlyList<string> ReadDepends(ReadOnlySpan<byte> module)
    {
        ReadOnlySpan<byte> key = "\0depends="u8;
        int start = module.IndexOf(key);
        if (start < 0)
        {
            return [];
        }

        ReadOnlySpan<byte> value = module[(start + key.Length)..];
        int end = value.IndexOf((byte)0);
        return end <= 0 ? [] : [.. Encoding.ASCII.GetString(value[..end]).Split(',').Select(name => name.Replace('-', '_'))];
    }

    private static string Name(string path)
    {
        string file = Path.GetFileName(path);
        return file[..file.IndexOf(".ko", StringComparison.Ordinal)].Replace('-', '_');
    }
}
