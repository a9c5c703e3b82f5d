using System.Diagnostics;
using System.Text;
using Lab.Emulation.Images;
using Lab.Emulation.Qemu;
using Lab.Model.Errors;

namespace Lab.Benchmarks;

/// <summary>A node that joins by the plain script: QEMU starts the kernel of the lab's node with its initrd and its root file system.</summary>
/// <param name="target">The node's image.</param>
/// <param name="machine">The board's processors, memory and what runs them.</param>
/// <param name="folder">Where its files go.</param>
internal sealed class BareNode(TargetImage target, BareMachine machine, string folder) : IAsyncDisposable
{
    /// <summary>The node's name in the cluster.</summary>
    public const string Name = "bare-1";

    private const string Joined = "bare: joined";
    private const string Failed = "bare: failed";
    private const string Address = "52:54:00:00:00:01";

    private readonly StringBuilder _console = new();
    private Process? _process;

    /// <summary>Writes what the node starts with.</summary>
    /// <param name="settings">What the script takes from <c>join.env</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task PrepareAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var files = new CpioArchive();
        foreach (var parent in (string[])["var", "var/lib", "var/lib/hwlab", "var/lib/hwlab/handover"])
        {
            files.Directory(parent);
        }

        files.File("bare-init", await ReadOwnAsync("bare-init", cancellationToken), CpioArchive.Executable);
        files.File("join.sh", await ReadOwnAsync("join.sh", cancellationToken), CpioArchive.Executable);
        files.Text("join.env", string.Concat(settings.Select(setting => $"{setting.Key}='{setting.Value}'\n")));
        files.File("var/lib/hwlab/handover/root.squashfs", await File.ReadAllBytesAsync(target.Root!.Path, cancellationToken));
        await using var initrd = File.Create(Path.Combine(folder, "initrd"));
        await initrd.WriteAsync(await File.ReadAllBytesAsync(target.Initrd.Path, cancellationToken), cancellationToken);
        // An archive behind another begins at a multiple of four (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
        initrd.SetLength((initrd.Length + 3) & ~3L);
        initrd.Seek(0, SeekOrigin.End);
        await initrd.WriteAsync(files.ToArray(), cancellationToken);
    }

    /// <summary>Gives it power; returns when it has joined.</summary>
    /// <returns>When its userspace was there, and when kubeadm was done, from power-on.</returns>
    /// <exception cref="LabException">It did not join.</exception>
    public async Task<(TimeSpan Started, TimeSpan Joined)> JoinAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var process = _process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(AppContext.BaseDirectory, "bare-node.sh"),
                [
                    target.Kernel.Path,
                    Path.Combine(folder, "initrd"),
                    $"{target.ReadCommandLine()} rdinit=/bare-init",
                    Address,
                    $"{machine.MemoryMebibytes}",
                    $"{machine.Processors}",
                    machine.Accelerator.Option,
                    machine.Accelerator.Processor,
                ]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        TimeSpan? started = null;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            _console.AppendLine(line);
            if (line.Contains("bare: started", StringComparison.Ordinal))
            {
                started = time.GetElapsedTime(start);
            }
            else if (line.Contains(Joined, StringComparison.Ordinal))
            {
                return (started!.Value, time.GetElapsedTime(start));
            }
            else if (line.Contains(Failed, StringComparison.Ordinal))
            {
                break;
            }
        }

        throw new LabException($"the script's node did not join:\n{_console}", "join.sh");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }

        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Task<byte[]> ReadOwnAsync(string name, CancellationToken cancellationToken) =>
        File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, name), cancellationToken);
}
