using System.Diagnostics;
using Lab.Controller.Wiring;
using Lab.Emulation.Qemu;
using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Benchmarks;

/// <summary>A boot by the plain script, of what the lab's board boots: firmware, variables, boot file, services, a copy of its TPM.</summary>
/// <param name="setup">The run that the lab prepared.</param>
/// <param name="boardFolder">The state folder of the lab's board.</param>
/// <param name="folder">Where the script finds its files; removed afterwards.</param>
internal sealed class BareBoot(RunSetup setup, string boardFolder, string folder)
{
    // Says that something hangs; the reference machine needs some 20 s.
    private const double DeadlineSeconds = 120;

    /// <summary>Boots until the attestation service has answered.</summary>
    /// <exception cref="LabException">It did not get that far.</exception>
    public async Task<Dictionary<Moment, TimeSpan>> RunAsync(PreparedRun prepared, CancellationToken cancellationToken)
    {
        await CopyFilesAsync(prepared, cancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(prepared.Deadlines.Of(DeadlineSeconds));
        var start = setup.Time.GetTimestamp();
        using var process = Process.Start(Script(prepared))!;
        try
        {
            await using var killing = deadline.Token.Register(() => process.Kill());
            var moments = await Task.Factory.StartNew(
                () => RawReader.Follow(process.StandardOutput.BaseStream, setup.Time, start),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
            cancellationToken.ThrowIfCancellationRequested();
            return moments.ContainsKey(Moment.Attestation)
                ? moments
                : throw new LabException(
                    $"the script's board got only as far as: {string.Join(", ", moments.Keys)}",
                    "bare.sh",
                    "run ./hwlab run edge-node, which says more"
                );
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            await EndTpmAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task CopyFilesAsync(PreparedRun prepared, CancellationToken cancellationToken)
    {
        var tpm = Directory.CreateDirectory(Path.Combine(folder, "tpm")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(boardFolder, "tpm")))
        {
            File.Copy(file, Path.Combine(tpm, Path.GetFileName(file)));
        }

        foreach (var file in (string[])["firmware.bin", "environment.img"])
        {
            File.Copy(Path.Combine(boardFolder, file), Path.Combine(folder, file));
        }

        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        await File.WriteAllBytesAsync(
            Path.Combine(files, RunArtifacts.BootFile),
            await prepared.Services.Require<INetboot>().ReadAsync(RunArtifacts.BootFile, cancellationToken),
            cancellationToken
        );
    }

    private ProcessStartInfo Script(PreparedRun prepared)
    {
        var accelerator =
            prepared.Facts["accelerator"] == "kvm" ? new Accelerator("kvm", "kvm", "host", "") : Accelerator.Translator("");
        return new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "bare.sh"),
            [
                folder,
                prepared.Services.Require<INetboot>().BoardOrigin.AbsoluteUri.TrimEnd('/'),
                setup.Board.Name,
                MacAddress.For(setup.Rig.Name, setup.Board.Name),
                $"{setup.Board.Memory >> 20}",
                $"{setup.Board.Cpus}",
                accelerator.Option,
                accelerator.Processor,
            ]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
    }

    /// <summary>The TPM ends when its board does; should it not, it is ended here.</summary>
    private async Task EndTpmAsync()
    {
        try
        {
            var id = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "swtpm.pid")));
            using var process = Process.GetProcessById(id);
            process.Kill();
            await process.WaitForExitAsync();
        }
        catch (Exception exception)
            when (exception is IOException or ArgumentException or InvalidOperationException or FormatException)
        {
            // It has ended, and its file is gone.
        }
    }
}
