using Lab.Emulation.Qemu;
using Lab.Host.Machine;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Boards;

namespace Lab.Emulation.Tests;

/// <summary>A lab of its own for one test with real QEMU and swtpm, in a temporary folder.</summary>
internal sealed class RealParts : IAsyncDisposable
{
    public const string Category = "RealParts";

    private readonly string _folder = Directory.CreateTempSubdirectory("hwlab-test-").FullName;

    public RealParts()
    {
        Folders = new LabFolders(Path.Combine(_folder, "cache"), Path.Combine(_folder, "state"), Path.GetTempPath());
        Owner = ProcessOwner.Open(Folders, TimeProvider.System);
    }

    public LabFolders Folders { get; }

    public ProcessOwner Owner { get; }

    /// <summary>Leaves the test out, saying why, when a tool is missing.</summary>
    public static void Need(params ReadOnlySpan<string> tools)
    {
        foreach (var tool in tools)
        {
            if (HostTools.Find(tool) is null)
                Assert.Ignore($"{tool} is not installed");
        }
    }

    /// <summary>Debian's U-Boot for QEMU: named by HWLAB_TEST_UBOOT, installed, or in the lab's cache.</summary>
    public static string NeedFirmware()
    {
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("HWLAB_TEST_UBOOT"),
            "/usr/lib/u-boot/qemu_arm64/u-boot.bin",
            .. FindInCache(),
        ];
        var found = candidates.FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Ignore("Debian's u-boot-qemu is not here: install it, run ./hwlab setup, or set HWLAB_TEST_UBOOT");
        return found!;
    }

    public VirtualBoardSettings Settings(string board = "virt-1") =>
        new()
        {
            Rig = "test",
            Board = board,
            FirmwarePath = NeedFirmware(),
            Boot = new BootConfiguration("uki.efi"),
            Network = new VirtualNetwork.Unplugged(),
            Accelerator = Accelerator.Translator("test"),
            MemoryMebibytes = 256,
        };

    public Task<VirtualBoard> OpenAsync(VirtualBoardSettings settings) =>
        VirtualBoard.OpenFacetsAsync(settings, Folders, Owner, TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<string> FindInCache()
    {
        var cache = LabFolders.FromEnvironment().Cache;
        return Directory.Exists(cache)
            ? Directory
                .EnumerateFiles(cache, "u-boot.bin", SearchOption.AllDirectories)
                .Where(path => path.Contains("qemu_arm64"))
            : [];
    }
}
