using System.Security.Cryptography;
using Lab.Host.Debian;
using Lab.Host.Preparation;
using Lab.Model.Errors;

namespace Lab.Emulation.Images;

/// <summary>
/// Everything that a virtual board boots: fetched from Debian, compiled from this repository, and put together here.
/// The same inputs give the same bytes. Safe for several processes at once.
/// </summary>
/// <param name="cacheFolder">The lab's cache folder.</param>
/// <param name="repository">The root of the source tree, which holds the boot agent's sources.</param>
/// <param name="mirror">A Debian mirror; null takes the one this machine's apt uses.</param>
public sealed class ImageBuilder(string cacheFolder, string repository, string? mirror = null)
{
    private readonly DebianArchive _archive = new(cacheFolder, mirror);
    private readonly ArtifactStore _store = new(Path.Combine(cacheFolder, "images"));
    private readonly BuildIndex _index = new(Path.Combine(cacheFolder, "images", "index"));

    /// <summary>Fetches and compiles what all boards share. Takes a minute the first time, and no network afterwards.</summary>
    /// <param name="refresh">True to look for newer Debian packages.</param>
    /// <exception cref="LabException">A mirror, tool, key or source is missing, or the disk is full.</exception>
    public async Task<BoardParts> PrepareAsync(
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<DebianPackage> packages = await _archive.FetchAsync(
            BoardPackages.All,
            progress,
            refresh,
            cancellationToken
        );
        DebianPackage[] sysroot =
        [
            .. BoardPackages.Sysroot.Select(request =>
                packages.First(package => package.Suite == request.Suite && package.Name == request.Name)
            ),
        ];
        Artifact agent = await new BootAgentBuilder(cacheFolder, repository).BuildAsync(sysroot, progress, cancellationToken);
        string release = KernelModules.Open(KernelPackage(packages)).Release;
        return new BoardParts(
            await DescribeAsync(packages, BoardPackages.Firmware, "usr/lib/u-boot/qemu_arm64/u-boot.bin", cancellationToken),
            await ArtifactStore.DescribeAsync(KernelPackage(packages).PathOf($"boot/vmlinuz-{release}"), cancellationToken),
            release,
            await DescribeAsync(packages, BoardPackages.Stub, "usr/lib/systemd/boot/efi/linuxaa64.efi.stub", cancellationToken),
            agent,
            packages
        );
    }

    /// <summary>Builds the image that firmware starts, with a rig's root of trust pinned in it.</summary>
    public async Task<LinuxBootImage> BuildLinuxBootAsync(
        BoardParts parts,
        LinuxBootOptions options,
        CancellationToken cancellationToken
    ) =>
        await _index.GetAsync(
            [.. Inputs(parts), options.ToString(), Convert.ToHexString(SHA256.HashData(options.RootMetadata.Span))],
            image => [image.Uki],
            () =>
                new LinuxBootBuilder(_store).BuildAsync(
                    parts,
                    KernelModules.Open(KernelPackage(parts.Packages)),
                    options,
                    cancellationToken
                ),
            cancellationToken
        );

    /// <summary>Builds the system that the boot agent starts.</summary>
    /// <param name="commandLine">Its command line; null takes <see cref="TargetCommandLine"/>.</param>
    public async Task<TargetImage> BuildTargetAsync(BoardParts parts, string? commandLine, CancellationToken cancellationToken) =>
        await _index.GetAsync(
            [.. Inputs(parts), commandLine ?? TargetCommandLine],
            image => [image.Kernel, image.Initrd, image.CommandLine],
            () =>
                new TargetBuilder(_store).BuildAsync(
                    parts,
                    KernelModules.Open(KernelPackage(parts.Packages)),
                    commandLine ?? TargetCommandLine,
                    cancellationToken
                ),
            cancellationToken
        );

    /// <summary>Builds a cluster node's image; <see cref="TargetImage.Root"/> is set. Fetches its packages the first time.</summary>
    /// <param name="refresh">True to look for newer Debian packages.</param>
    /// <exception cref="LabException">A mirror, tool or key is missing, the Kubernetes program is, or the disk is full.</exception>
    public async Task<TargetImage> BuildNodeAsync(
        BoardParts parts,
        NodeOptions options,
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        options.Kubernetes.Demand();
        IReadOnlyList<DebianPackage> packages = await _archive.FetchAsync(
            NodePackages.For(options.Kernel),
            progress,
            refresh,
            cancellationToken
        );
        DebianPackage kernel =
            options.Kernel == NodeKernel.Cloud
                ? KernelPackage(parts.Packages)
                : KernelPackage(packages, NodePackages.GenericKernel);
        IReadOnlyList<string> kubernetes = await options.Kubernetes.DescribeAsync(cancellationToken);
        return await _index.GetAsync(
            [
                "node",
                .. Inputs(parts),
                .. packages.Select(package => package.Sha256).Order(StringComparer.Ordinal),
                kernel.Sha256,
                .. kubernetes,
                options.CommandLine,
            ],
            image =>
                [image.Kernel, image.Initrd, image.CommandLine, .. image.Root is { } root ? [root] : Array.Empty<Artifact>()],
            () =>
            {
                progress?.Report(new PreparationProgress("packing the node's root file system", 0, 0));
                return new NodeBuilder(_store).BuildAsync(parts, packages, kernel, options, cancellationToken);
            },
            cancellationToken
        );
    }

    /// <summary>The target's command line unless another is given.</summary>
    public static string TargetCommandLine => "console=ttyAMA0 quiet loglevel=3 panic=-1 lsm= cryptomgr.notests";

    /// <summary>Writes a board's firmware environment: a sparse flash image of 64 MiB for QEMU's second pflash.</summary>
    /// <param name="path">The file; replaced in one step.</param>
    /// <param name="macAddress">The board's address, six octets in hexadecimal with colons.</param>
    /// <param name="bootArguments">Load options for the image that is started; none normally.</param>
    public static Task WriteEnvironmentAsync(
        string path,
        string macAddress,
        string? bootArguments,
        CancellationToken cancellationToken
    ) =>
        UBootEnvironment.WriteFlashAsync(
            path,
            UBootEnvironment.Encode(UBootEnvironment.Netboot(macAddress, bootArguments)),
            cancellationToken
        );

    private static IEnumerable<string> Inputs(BoardParts parts) =>
        [
            parts.Kernel.Sha256,
            parts.Stub.Sha256,
            parts.Agent.Sha256,
            .. parts.Packages.Select(package => package.Sha256).Order(StringComparer.Ordinal),
        ];

    // The meta package names the kernel; what it depends on is the kernel.
    private static DebianPackage KernelPackage(IReadOnlyList<DebianPackage> packages, PackageRequest? meta = null) =>
        packages.FirstOrDefault(package =>
            package.Suite == BoardPackages.Kernel.Suite
            && package.Name != (meta ?? BoardPackages.Kernel).Name
            && package.Name.StartsWith("linux-image-", StringComparison.Ordinal)
        ) ?? throw new LabException("the kernel's package is not in the cache", null, "run hwlab setup --refresh");

    private static async Task<Artifact> DescribeAsync(
        IReadOnlyList<DebianPackage> packages,
        PackageRequest request,
        string file,
        CancellationToken cancellationToken
    )
    {
        DebianPackage package = packages.First(package => package.Suite == request.Suite && package.Name == request.Name);
        return await ArtifactStore.DescribeAsync(package.PathOf(file), cancellationToken);
    }
}
