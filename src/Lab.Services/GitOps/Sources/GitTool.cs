using System.Text;
using CliWrap;
using Lab.Host.Machine;

namespace Lab.Services.GitOps.Sources;

/// <summary>
/// The real <c>git</c>, shut off from the machine's and the user's settings: no hooks, no credential helpers, no filters, no prompts, only the
/// one transport that is meant, and no file larger than the limit.
/// </summary>
internal sealed class GitTool(string home, long largestFile)
{
    private const int LongestError = 1000;

    /// <summary>Runs git.</summary>
    /// <param name="folder">The repository, or null.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="settings">Settings and variables for this call.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>Exit code, standard output and the end of standard error.</returns>
    public async Task<GitAnswer> RunAsync(
        string? folder,
        IReadOnlyList<string> arguments,
        GitSettings settings,
        CancellationToken cancellationToken
    )
    {
        using var output = new MemoryStream();
        var errors = new StringBuilder();
        var words = new List<string> { $"--fsize={largestFile}", "--core=0", "--", HostTools.Require("git") };
        if (folder is not null)
            words.AddRange(["--git-dir", folder]);
        words.AddRange(arguments);
        var result = await Cli.Wrap(HostTools.Require("prlimit"))
            .WithArguments(words)
            .WithWorkingDirectory(home)
            .WithEnvironmentVariables(Environment(settings))
            .WithStandardInputPipe(settings.Input is { } input ? PipeSource.FromBytes(input) : PipeSource.Null)
            .WithStandardOutputPipe(PipeTarget.ToStream(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        return new GitAnswer(result.ExitCode, output.ToArray(), Tail(errors.ToString()));
    }

    /// <summary>Runs git, which must succeed.</summary>
    /// <exception cref="SourceException">It did not; with its last words.</exception>
    public async Task<byte[]> RequireAsync(
        string? folder,
        IReadOnlyList<string> arguments,
        GitSettings settings,
        CancellationToken cancellationToken
    )
    {
        var answer = await RunAsync(folder, arguments, settings, cancellationToken);
        return answer.ExitCode == 0
            ? answer.Output
            : throw new SourceException(
                SourceException.GitOperationFailed,
                $"git {arguments[0]}: {(answer.Error.Length > 0 ? answer.Error : $"exit code {answer.ExitCode}")}"
            );
    }

    private Dictionary<string, string?> Environment(GitSettings settings)
    {
        var environment = System
            .Environment.GetEnvironmentVariables()
            .Keys.OfType<string>()
            .Where(name => name.StartsWith("GIT_", StringComparison.Ordinal) || name is "SSH_ASKPASS" or "GPG_TTY" or "GNUPGHOME")
            .ToDictionary(name => name, string? (_) => null, StringComparer.Ordinal);
        environment["HOME"] = home;
        environment["XDG_CONFIG_HOME"] = home;
        environment["LC_ALL"] = "C";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        environment["GIT_ATTR_NOSYSTEM"] = "1";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_ASKPASS"] = "/bin/false";
        environment["GIT_PROTOCOL_FROM_USER"] = "0";
        environment["GIT_ALLOW_PROTOCOL"] = settings.Protocol ?? "none";
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        foreach (var (name, value) in settings.Variables)
        {
            environment[name] = value;
        }

        (string, string)[] all =
        [
            ("core.hooksPath", "/dev/null"),
            ("core.fsmonitor", "false"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("fetch.fsckObjects", "true"),
            ("fetch.recurseSubmodules", "false"),
            ("submodule.recurse", "false"),
            ("http.followRedirects", "false"),
            ("http.lowSpeedLimit", "100"),
            ("http.lowSpeedTime", "30"),
            .. settings.Configuration,
        ];
        environment["GIT_CONFIG_COUNT"] = all.Length.ToString();
        for (var index = 0; index < all.Length; index++)
        {
            (environment[$"GIT_CONFIG_KEY_{index}"], environment[$"GIT_CONFIG_VALUE_{index}"]) = all[index];
        }

        return environment;
    }

    private static string Tail(string text)
    {
        var trimmed = text.Trim();
        return trimmed.Length <= LongestError ? trimmed : "…" + trimmed[^LongestError..];
    }
}
