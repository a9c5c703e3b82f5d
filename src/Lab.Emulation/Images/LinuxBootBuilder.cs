using System.Globalization;
using System.Text.Json;

namespace Lab.Emulation.Images;

/// <summary>Makes the LinuxBoot image: the boot agent alone in an initial RAM disk, joined with kernel and command line.</summary>
internal sealed class LinuxBootBuilder(ArtifactStore store)
{
    /// <summary>Drivers that the boot agent needs; what they need in turn is found out.</summary>
    internal static readonly string[] Modules = ["virtio_net", "tpm_tis"];

    private const string ModuleFolder = "lib/modules-hwlab";

    // The version would tie the image to a build of ours; what runs is named by its digest.
    private const string OsRelease = "ID=hwlab\nNAME=\"HwLab LinuxBoot\"\nPRETTY_NAME=\"HwLab LinuxBoot\"\n";

    public async Task<LinuxBootImage> BuildAsync(
        BoardParts parts,
        KernelModules modules,
        LinuxBootOptions options,
        CancellationToken cancellationToken
    )
    {
        byte[] initrd = await Compression.ZstdAsync(
            await InitramfsAsync(parts, modules, options, cancellationToken),
            cancellationToken
        );
        UkiImage uki = UkiBuilder.Build(
            await File.ReadAllBytesAsync(parts.Stub.Path, cancellationToken),
            OsRelease,
            options.CommandLine,
            parts.KernelRelease,
            initrd,
            await File.ReadAllBytesAsync(parts.Kernel.Path, cancellationToken)
        );
        Artifact file = await store.PutAsync("uki", uki.Content, cancellationToken);
        return new LinuxBootImage(file, uki.Sections[".linux"], uki.Sections[".initrd"], uki.Sections[".cmdline"]);
    }

    private static async Task<byte[]> InitramfsAsync(
        BoardParts parts,
        KernelModules modules,
        LinuxBootOptions options,
        CancellationToken cancellationToken
    )
    {
        CpioArchive archive = new CpioArchive()
            .CharacterDevice("dev/console", 5, 1)
            .Directory("proc")
            .Directory("sys")
            .Directory("run")
            .Directory("tmp")
            .File("init", await File.ReadAllBytesAsync(parts.Agent.Path, cancellationToken), CpioArchive.Executable);
        await AddModulesAsync(archive, modules, Modules, ModuleFolder, cancellationToken);
        string configuration = JsonSerializer.Serialize(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["target"] = options.Target,
                ["onFailure"] = options.PowerOffOnFailure ? "poweroff" : "retry",
                ["notBefore"] = options.NotBefore.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            }
        );
        return archive
            .Text("etc/hwlab/agent.json", configuration)
            .File("etc/hwlab/root.json", options.RootMetadata.Span)
            .ToArray();
    }

    /// <summary>Adds modules and <c>/etc/hwlab/modules</c>, which lists their paths in loading order.</summary>
    internal static async Task AddModulesAsync(
        CpioArchive archive,
        KernelModules modules,
        IEnumerable<string> names,
        string folder,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<string> files = await modules.ResolveAsync(names, cancellationToken);
        foreach (string file in files)
        {
            archive.File($"{folder}/{Path.GetFileName(file)}", await File.ReadAllBytesAsync(file, cancellationToken));
        }

        archive.Text("etc/hwlab/modules", string.Concat(files.Select(file => $"/{folder}/{Path.GetFileName(file)}\n")));
    }
}
