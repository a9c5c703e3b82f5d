using System.ComponentModel;
using System.Diagnostics;
using Lab.Host.Machine;
using Lab.Model.Errors;

namespace Lab.Hardware.Consoles.Commands;

internal sealed class CommandSource(CommandLineOptions options, TimeProvider time) : ILineSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public string Device => $"command '{options.Command[0]}'";

    public string Remedy => $"run '{string.Join(' ', options.Command)}' by hand to see why";

    public async Task<ILineConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(HostTools.Require(options.Command[0]), options.Command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        CommandConnection connection;
        try
        {
            connection = new CommandConnection(Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new LabException($"it cannot be run: {exception.Message}", remedy: Remedy, inner: exception);
        }

        try
        {
            if (options.Ready is { } ready)
            {
                await ReadyText.AwaitAsync(connection, ready, cancellationToken);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public Task WaitForReturnAsync(CancellationToken cancellationToken) => Task.Delay(Pause, time, cancellationToken);
}
