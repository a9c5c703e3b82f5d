using System.Diagnostics;
using System.Globalization;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tpm;

/// <summary>A real software TPM of its own, in a temporary folder, reachable by this library and by tpm2-tools.</summary>
internal sealed class SoftwareTpm : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hwlab-tpm-").FullName;
    private int pid;

    private SoftwareTpm() { }

    public string SocketPath => Path.Combine(folder, "t.sock");

    /// <summary>The folder of the CA that signed the EK certificate; only after <see cref="StartWithEkCertificate"/>.</summary>
    public string CaFolder => Path.Combine(folder, "ca");

    /// <summary>Starts a blank TPM with all banks.</summary>
    public static SoftwareTpm Start()
    {
        IgnoreWithout("swtpm");
        var tpm = new SoftwareTpm();
        Directory.CreateDirectory(tpm.StateFolder);
        tpm.StartDaemon();
        return tpm;
    }

    /// <summary>Starts a manufactured TPM: sha256 bank only, EK certificate in NV, signed by a CA of its own.</summary>
    public static SoftwareTpm StartWithEkCertificate()
    {
        IgnoreWithout("swtpm");
        IgnoreWithout("swtpm_setup");
        var tpm = new SoftwareTpm();
        Directory.CreateDirectory(tpm.StateFolder);
        Directory.CreateDirectory(tpm.CaFolder);
        var ca = tpm.CaFolder;
        File.WriteAllText(
            Path.Combine(ca, "localca.conf"),
            $"statedir = {ca}\nsigningkey = {ca}/signkey.pem\nissuercert = {ca}/issuercert.pem\ncertserial = {ca}/certserial\n"
        );
        File.WriteAllText(
            Path.Combine(ca, "localca.options"),
            "--platform-manufacturer HwLab\n--platform-version 1\n--platform-model virt\n"
        );
        File.WriteAllText(
            Path.Combine(ca, "setup.conf"),
            $"create_certs_tool = swtpm_localca\ncreate_certs_tool_config = {ca}/localca.conf\ncreate_certs_tool_options = {ca}/localca.options\n"
        );
        Run(
            "swtpm_setup",
            $"--tpm2 --tpmstate {tpm.StateFolder} --pcr-banks sha256 --createek --create-ek-cert --config {ca}/setup.conf --logfile {ca}/log"
        );
        tpm.StartDaemon();
        return tpm;
    }

    public Tpm2 Open() => Tpm2.OverSocket(SocketPath);

    /// <summary>Runs one of the tpm2-tools against this TPM. Nobody else may be connected: swtpm serves one client at a time.</summary>
    public string Tool(string tool, string arguments, string? input = null)
    {
        IgnoreWithout(tool);
        return Run(tool, arguments, SocketPath, input, folder);
    }

    /// <summary>A path in the TPM's own folder, for files that go to and come from tools.</summary>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Kills the TPM without TPM2_Shutdown and starts it again, as a power cut does.</summary>
    public void CutPower()
    {
        Kill();
        StartDaemon();
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(folder, recursive: true);
    }

    private string StateFolder => Path.Combine(folder, "state");

    private static void IgnoreWithout(string tool)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!path.Split(':').Any(place => File.Exists(Path.Combine(place, tool))))
        {
            Assert.Ignore($"{tool} is not installed.");
        }
    }

    private void StartDaemon()
    {
        // With --daemon the command returns when the sockets listen.
        var pidFile = Path.Combine(folder, "pid");
        Run(
            "swtpm",
            $"socket --tpm2 --tpmstate dir={StateFolder} --server type=unixio,path={SocketPath} "
                + $"--ctrl type=unixio,path={SocketPath}.ctrl --flags startup-clear --daemon --pid file={pidFile}"
        );
        pid = int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture);
    }

    private void Kill()
    {
        if (pid == 0)
        {
            return;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }

        pid = 0;
    }

    private static string Run(
        string program,
        string arguments,
        string? socket = null,
        string? input = null,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        if (socket is not null)
        {
            start.Environment["TPM2TOOLS_TCTI"] = $"swtpm:path={socket}";
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {arguments}: exit {process.ExitCode}: {errors.Result}{output}");
    }
}
