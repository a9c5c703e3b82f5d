using System.ComponentModel;
using System.Text;
using CliWrap;
using Lab.Host.Machine;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Power.Commands;

internal sealed class CommandOutlet(CommandOptions options) : IOutlet
{
    private const int MostErrorText = 400;

    public string Device => $"command '{options.On[0]}'";

    public string Gate => "command:" + options.Device;

    public async Task<PowerState> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.Status.Count == 0)
        {
            return PowerState.Unknown;
        }

        var (code, errors) = await RunAsync(options.Status, cancellationToken);
        return code switch
        {
            0 => PowerState.On,
            1 => PowerState.Off,
            _ => throw Failed(options.Status, code, errors),
        };
    }

    public Task SwitchAsync(bool on, CancellationToken cancellationToken) =>
        DemandAsync(on ? options.On : options.Off, cancellationToken);

    public async Task<bool> TryResetAsync(CancellationToken cancellationToken) =>
        await TryAsync(options.Reset, cancellationToken);

    public async Task<bool> TryShutDownAsync(CancellationToken cancellationToken) =>
        await TryAsync(options.Shutdown, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<bool> TryAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        if (command.Count == 0)
        {
            return false;
        }

        await DemandAsync(command, cancellationToken);
        return true;
    }

    private static async Task DemandAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var (code, errors) = await RunAsync(command, cancellationToken);
        if (code != 0)
        {
            throw Failed(command, code, errors);
        }
    }

    private static async Task<(int Code, string Errors)> RunAsync(
        IReadOnlyList<string> command,
        CancellationToken cancellationToken
    )
    {
        var errors = new StringBuilder();
        var program = HostTools.Require(command[0]);
        try
        {
            var result = await Cli.Wrap(program)
                .WithArguments(command.Skip(1))
                .WithValidation(CommandResultValidation.None)
                .WithStandardErrorPipe(PipeTarget.ToDelegate(line => Keep(errors, line)))
                .ExecuteAsync(cancellationToken);
            return (result.ExitCode, errors.ToString().Trim());
        }
        catch (Win32Exception exception)
        {
            throw new LabException(
                $"'{program}' cannot be run: {exception.Message}",
                remedy: "see that it is executable",
                inner: exception
            );
        }
    }

    private static void Keep(StringBuilder errors, string line)
    {
        if (errors.Length < MostErrorText)
        {
            errors.Append(line.AsSpan(0, Math.Min(line.Length, MostErrorText))).Append('\n');
        }
    }

    private static LabException Failed(IReadOnlyList<string> command, int code, string errors) =>
        new(
            $"'{string.Join(' ', command)}' ended with exit code {code}" + (errors.Length > 0 ? $": {errors}" : ""),
            remedy: "run it by hand to see why"
        );
}
