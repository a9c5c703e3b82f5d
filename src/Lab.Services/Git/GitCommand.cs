using System.Text;
using CliWrap;
using Lab.Host.Machine;
using Lab.Model.Errors;

namespace Lab.Services.Git;

/// <summary>The real <c>git</c> as a committer uses it, without the settings of the machine or the user.</summary>
internal sealed class GitCommand(string folder)
{
    /// <summary>Variables that shut out the machine's and the user's settings, and whatever runs this program may have set.</summary>
    public static IReadOnlyDictionary<string, string?> Environment(string home)
    {
        var environment = System
            .Environment.GetEnvironmentVariables()
            .Keys.OfType<string>()
            .Where(name => name.StartsWith("GIT_", StringComparison.Ordinal))
            .ToDictionary(name => name, string? (_) => null, StringComparer.Ordinal);
        environment["HOME"] = home;
        environment["XDG_CONFIG_HOME"] = home;
        environment["LC_ALL"] = "C";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        return environment;
    }

    /// <summary>Runs git, which must succeed.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="LabException">It did not; with its last words.</exception>
    public async Task<byte[]> RunAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? variables,
        CancellationToken cancellationToken
    )
    {
        using var output = new MemoryStream();
        var errors = new StringBuilder();
        var environment = Environment(folder).ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            environment[name] = value;
        }

        var result = await Cli.Wrap(HostTools.Require("git"))
            .WithArguments(arguments)
            .WithWorkingDirectory(folder)
            .WithEnvironmentVariables(environment)
            .WithStandardOutputPipe(PipeTarget.ToStream(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        return result.ExitCode == 0
            ? output.ToArray()
            : throw new LabException($"git {arguments[0]} failed: {errors.ToString().Trim()}", "fleet repository");
    }

    /// <summary>Runs git and gives its output as text, without the line's end.</summary>
    public async Task<string> ReadAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString(await RunAsync(arguments, null, cancellationToken)).Trim();
}
