using CliWrap;
using CliWrap.Buffered;
using NUnit.Framework;

namespace Lab.Trust.Tests.Peers;

/// <summary>The npm package tuf-js, installed on first use into the user's cache folder.</summary>
internal static class TufJs
{
    private const string Version = "5.0.1";

    /// <summary>Runs a script that may <c>require('tuf-js')</c>; ignores the test where that cannot be had.</summary>
    public static async Task<BufferedCommandResult> RunAsync(string script, params string[] arguments)
    {
        var node = Programs.Require("node");
        var modules = await InstallAsync(Programs.Require("npm"));
        return await Cli.Wrap(node)
            .WithArguments(["-e", script, .. arguments])
            .WithEnvironmentVariables(variables => variables.Set("NODE_PATH", modules))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
    }

    private static async Task<string> InstallAsync(string npm)
    {
        var cache =
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var folder = Path.Combine(cache, "hwlab", "npm", $"tuf-js-{Version}");
        var modules = Path.Combine(folder, "node_modules");
        if (!File.Exists(Path.Combine(modules, "tuf-js", "package.json")))
        {
            var result = await Cli.Wrap(npm)
                .WithArguments([
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--prefix",
                    folder,
                    $"tuf-js@{Version}",
                ])
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync();
            if (result.ExitCode != 0)
            {
                Assert.Ignore($"npm cannot install tuf-js {Version}: {result.StandardError}");
            }
        }
        return modules;
    }
}
