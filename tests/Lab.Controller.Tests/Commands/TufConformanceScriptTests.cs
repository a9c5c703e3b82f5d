using System.Diagnostics;
using Lab.Controller.Tests.Samples;
using NUnit.Framework;

namespace Lab.Controller.Tests.Commands;

/// <summary>The conformance protocol as a plain shell script drives it.</summary>
[TestFixture]
internal sealed class TufConformanceScriptTests
{
    [Test]
    public async Task A_plain_shell_script_can_drive_the_client()
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Ignore("python3 is not installed.");
        }

        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Checkout.Root, "docs", "tuf-conformance.sh")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["HWLAB"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "hwlab.dll")}";
        using var script = Process.Start(start)!;
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.That(script.ExitCode, Is.Zero, output);
        Assert.That(output, Does.Contain("ok   an altered timestamp").And.Not.Contain("FAIL"));
    }
}
