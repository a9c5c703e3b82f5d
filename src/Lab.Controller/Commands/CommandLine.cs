using System.CommandLine;
using Lab.Controller.Runs;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary>The command line of <c>hwlab</c>: reads it, runs the command, turns errors into messages and exit codes.</summary>
public static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <returns>The exit code: <see cref="ExitCodes"/>.</returns>
    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> arguments,
        LabEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        var parsed = Root(environment).Parse(arguments);
        if (parsed.Errors is [var error, ..])
        {
            var message = parsed.UnmatchedTokens is [var unknown, ..]
                ? $"there is no '{unknown}' here"
                : error.Message.TrimEnd('.');
            await environment.Error.WriteLineAsync($"hwlab: {message} ('hwlab {CommandPath(parsed)}--help' says more)");
            return ExitCodes.Usage;
        }

        try
        {
            // Signals are the program's own affair: the command must have the time to stop what it started.
            var configuration = new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Cancelled;
        }
        catch (HwLabException exception)
        {
            await environment.Error.WriteLineAsync($"hwlab: {exception.Message}");
            return ExitCodes.Of(exception);
        }
        catch (Exception exception)
        {
            await environment.Error.WriteLineAsync($"hwlab: this is a bug of the lab's own: {exception}");
            return ExitCodes.LabError;
        }
    }

    internal static RootCommand Root(LabEnvironment environment)
    {
        var root = new RootCommand(
            "One lab for real and virtual boards: from power-off to an attested node, with proof of what happened."
        )
        {
            RunCommand.Create(environment),
            ListCommand.Create(environment),
            SetupCommand.Create(environment),
            DoctorCommand.Create(environment),
            ReportCommand.Create(environment),
            VerifyCommand.Create(environment),
            TufCommand.Create(environment),
            ImageCommand.Create(environment),
            PcrCommand.Create(environment),
            AttestCommand.Create(environment),
            GitOpsCommand.Create(environment),
            PowerCommand.Create(environment),
            ConsoleCommand.Create(environment),
            LeaseCommand.Create(environment),
        };
        return root;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (
            Symbol? symbol = parsed.CommandResult.Command;
            symbol is Command and not RootCommand;
            symbol = symbol.Parents.FirstOrDefault()
        )
        {
            names.Push(symbol.Name);
        }

        return string.Concat(names.Select(name => name + " "));
    }
}
