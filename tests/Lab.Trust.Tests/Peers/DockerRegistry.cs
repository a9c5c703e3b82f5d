using System.Diagnostics;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto.Generators;

namespace Lab.Trust.Tests.Peers;

/// <summary>Debian's docker-registry as a child process on a port of the kernel's choice.</summary>
internal sealed partial class DockerRegistry : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-registry-");
    private readonly Process _process;

    private DockerRegistry(Process process) => _process = process;

    public Uri Address { get; private set; } = null!;

    /// <summary>Ignores the test when the program is not installed.</summary>
    /// <param name="user">With <paramref name="password"/>: basic authentication for all.</param>
    /// <param name="password">See <paramref name="user"/>.</param>
    public static async Task<DockerRegistry> StartAsync(string? user = null, string? password = null)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Programs.Require("docker-registry"))
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        var registry = new DockerRegistry(process);
        var configuration = Path.Combine(registry._folder.FullName, "config.yml");
        await File.WriteAllTextAsync(configuration, registry.Configuration(user, password));
        process.StartInfo.ArgumentList.Add("serve");
        process.StartInfo.ArgumentList.Add(configuration);
        process.Start();
        var log = "";
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            log += line + "\n";
            if (Listening().Match(line) is { Success: true } match)
            {
                registry.Address = new Uri($"http://{match.Groups["address"].Value}");
                // The pipe must not fill up.
                _ = process.StandardError.ReadToEndAsync();
                return registry;
            }
        }
        throw new InvalidOperationException($"docker-registry did not start:\n{log}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Configuration(string? user, string? password)
    {
        var text = $"""
            version: 0.1
            log:
              accesslog:
                disabled: true
            storage:
              delete:
                enabled: true
              filesystem:
                rootdirectory: {_folder.FullName}/data
            http:
              addr: 127.0.0.1:0

            """;
        if (user is null)
        {
            return text;
        }
        var file = Path.Combine(_folder.FullName, "htpasswd");
        var hash = OpenBsdBCrypt.Generate("2y", password!.ToCharArray(), new byte[16], cost: 4);
        File.WriteAllText(file, $"{user}:{hash}\n");
        return text + $"auth:\n  htpasswd:\n    realm: test\n    path: {file}\n";
    }

    [GeneratedRegex(@"listening on (?<address>[0-9.:]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
