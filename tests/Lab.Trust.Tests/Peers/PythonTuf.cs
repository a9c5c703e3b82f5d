using CliWrap;
using CliWrap.Buffered;
using NUnit.Framework;

namespace Lab.Trust.Tests.Peers;

/// <summary>The reference implementation, Debian's python3-tuf (from trixie on).</summary>
internal static class PythonTuf
{
    /// <summary>Runs a script that may import tuf; ignores the test where python3-tuf is not installed.</summary>
    public static async Task<BufferedCommandResult> RunAsync(string script, params string[] arguments)
    {
        var python = "/usr/bin/python3";
        if (!File.Exists(python) || (await CallAsync(python, "import tuf.ngclient")).ExitCode != 0)
        {
            Assert.Ignore("'python3-tuf' is not installed.");
        }
        return await CallAsync(python, script, arguments);
    }

    private static async Task<BufferedCommandResult> CallAsync(string python, string script, params string[] arguments) =>
        await Cli.Wrap(python)
            .WithArguments(["-c", script, .. arguments])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
}
