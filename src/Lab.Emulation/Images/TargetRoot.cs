using System.Text;

namespace Lab.Emulation.Images;

/// <summary>The target's root file system, which stays in memory: busybox, tpm2-tools with their libraries, the node's agent.</summary>
internal sealed class TargetRoot(BoardParts parts, KernelModules modules)
{
    public async Task<byte[]> BuildAsync(CancellationToken cancellationToken)
    {
        var archive = new CpioArchive();
        var root = new CpioRoot(archive);
        var userland = new DebianUserland(parts.Packages);
        await userland.AddSkeletonAsync(root, cancellationToken);
        archive.CharacterDevice("dev/console", 5, 1);
        AddNames(root);
        await userland.AddBusyboxAsync(root, [], cancellationToken);
        root.AddLink("init", "usr/bin/busybox");
        await userland.AddTpmToolsAsync(root, cancellationToken);
        await userland.AddLibrariesAsync(root, cancellationToken);
        await root.AddFileAsync("usr/lib/hwlab/agent", parts.Agent.Path, CpioArchive.Executable, cancellationToken);
        await LinuxBootBuilder.AddModulesAsync(
            archive,
            modules,
            LinuxBootBuilder.Modules,
            "usr/lib/modules-hwlab",
            cancellationToken
        );
        DebianUserland.AddOwnFiles(root, "target/");
        return archive.ToArray();
    }

    private static void AddNames(CpioRoot root)
    {
        root.AddLink("etc/resolv.conf", "../run/resolv.conf");
        root.AddFile("etc/hostname", "hwlab\n"u8.ToArray());
        root.AddFile("etc/hosts", "127.0.0.1 localhost hwlab\n"u8.ToArray());
        root.AddFile("etc/passwd", Encoding.UTF8.GetBytes("root::0:0:root:/root:/bin/sh\n"));
        root.AddFile("etc/group", Encoding.UTF8.GetBytes("root:x:0:\ntss:x:100:\n"));
    }
}
