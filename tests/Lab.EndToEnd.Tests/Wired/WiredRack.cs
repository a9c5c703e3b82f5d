using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Lab.Controller.Wiring;
using Lab.Emulation.Images;
using Lab.Emulation.Tpm;
using Lab.Host.Storage;

namespace Lab.EndToEnd.Tests.Wired;

/// <summary>
/// A rack whose board is real to the lab: a QEMU process that only a plug (a program), a serial cable behind ser2net and a network cable lead to.
/// </summary>
internal sealed class WiredRack
{
    private const string Mac = "02:00:00:00:00:01";
    private const int ConsolePort = 2001;

    private WiredRack(string folder) => Folder = folder;

    /// <summary>Where everything of it lies.</summary>
    public string Folder { get; }

    /// <summary>Where a run's files go.</summary>
    public string Out => Path.Combine(Folder, "out");

    /// <summary>The rig file.</summary>
    public string Rig => Path.Combine(Folder, "rack.yaml");

    /// <summary>Builds it.</summary>
    /// <param name="changeFirmware">Changes the board's firmware first, or null.</param>
    /// <param name="power">The board's <c>power:</c> section; null for its plug.</param>
    public static async Task<WiredRack> BuildAsync(Action<byte[]>? changeFirmware = null, string? power = null)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("an interface of the host can be shared with the rig's network by root only");
        }

        var rack = new WiredRack(HwLabProgram.ForThisTest().Out);
        await rack.MakeBoardAsync(changeFirmware);
        rack.WriteRig(
            power
                ?? $"{{ driver: command, on: [sh, {rack.Plug}, on], off: [sh, {rack.Plug}, off], status: [sh, {rack.Plug}, status], off-time: 0.1, deadline: 30 }}"
        );
        return rack;
    }

    /// <summary>The program that switches the board.</summary>
    public string Plug => Path.Combine(Folder, "board.sh");

    /// <summary>Runs the program in the rack to its end.</summary>
    public async Task<BufferedCommandResult> RunAsync(params string[] arguments)
    {
        var start = Start(arguments);
        return await Cli.Wrap(start.FileName)
            .WithArguments(start.ArgumentList)
            .WithWorkingDirectory(start.WorkingDirectory)
            .WithEnvironmentVariables(environment =>
                environment.Set("XDG_STATE_HOME", StateFolder).Set("HWLAB_ROOT", HwLabProgram.Root)
            )
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
    }

    /// <summary>Runs the program, and does something as soon as a run has reached a phase of the boot.</summary>
    public async Task<int> RunAsync(string phase, Func<Task> then, params string[] arguments)
    {
        var start = Start(arguments);
        start.Environment["XDG_STATE_HOME"] = StateFolder;
        start.Environment["HWLAB_ROOT"] = HwLabProgram.Root;
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (
                json.RootElement.GetProperty("event").GetString() == "phase"
                && json.RootElement.GetProperty("name").GetString() == phase
            )
            {
                await then();
            }
        }

        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Pulls the serial cable out of the console server.</summary>
    public Task PullConsoleAsync() => Cli.Wrap("kill").WithArguments(["-KILL", ReadId("ser2net.pid")]).ExecuteAsync();

    /// <summary>Pulls the board's plug behind the lab's back.</summary>
    public Task PullPlugAsync() => Cli.Wrap("sh").WithArguments([Plug, "off"]).ExecuteAsync();

    private string StateFolder => Path.Combine(Folder, "state");

    private ProcessStartInfo Start(string[] arguments) =>
        new(
            "unshare",
            [
                "-n",
                "--",
                "sh",
                Path.Combine(Folder, "rack.sh"),
                Folder,
                "dotnet",
                "exec",
                Path.Combine(AppContext.BaseDirectory, "hwlab.dll"),
                .. arguments,
            ]
        )
        {
            WorkingDirectory = HwLabProgram.Root,
            UseShellExecute = false,
        };

    private string ReadId(string file) => File.ReadAllText(Path.Combine(Folder, file)).Trim();

    private async Task MakeBoardAsync(Action<byte[]>? changeFirmware)
    {
        var images = new LabInstallation(LabFolders.FromEnvironment(), HwLabProgram.Root).Images;
        var parts = await images.PrepareAsync(progress: null, refresh: false, CancellationToken.None);
        var firmware = await File.ReadAllBytesAsync(parts.Firmware.Path);
        await WriteAsync("good.bin", firmware);
        changeFirmware?.Invoke(firmware);
        await WriteAsync("firmware.bin", firmware);
        await ImageBuilder.WriteEnvironmentAsync(Path.Combine(Folder, "environment.img"), Mac, null, CancellationToken.None);
        var authority = await EndorsementAuthority.OpenAsync(Folder, "rack", TimeProvider.System, CancellationToken.None);
        var tpm = await TpmState.OpenAsync(Path.Combine(Folder, "tpm"), authority, CancellationToken.None);
        await WriteAsync("board.der", tpm.EndorsementKeyCertificate.ToArray());
        using var certificate = X509CertificateLoader.LoadCertificate(authority.Certificate.Span);
        await File.WriteAllTextAsync(Path.Combine(Folder, "authority.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(Folder, "mac"), Mac);
        foreach (var script in (string[])["board.sh", "rack.sh"])
        {
            File.Copy(
                Path.Combine(HwLabProgram.Root, "tests", "Lab.EndToEnd.Tests", "Wired", script),
                Path.Combine(Folder, script)
            );
        }

        await File.WriteAllTextAsync(
            Path.Combine(Folder, "ser2net.yaml"),
            $"""
            connection: &board
              accepter: tcp,127.0.0.1,{ConsolePort}
              connector: serialdev,{Folder}/cable,115200n81,local
              options:
                banner: opened

            """
        );
    }

    private void WriteRig(string power) =>
        File.WriteAllText(
            Rig,
            $$"""
            rig: rack
            network: { interface: lab0 }
            boards:
              - name: board-1
                driver: wired
                mac: "{{Mac}}"
                firmware: good.bin
                power: {{power}}
                console: { driver: tcp, address: "127.0.0.1:{{ConsolePort}}", ready: opened }
                tpm: { certificate: board.der, authority: authority.pem }

            """
        );

    private Task WriteAsync(string name, byte[] content) => File.WriteAllBytesAsync(Path.Combine(Folder, name), content);
}
