using System.Diagnostics;
using System.Globalization;
using Lab.Model.Boards;
using Lab.Model.Consoles;

namespace Lab.Testing.Boards;

/// <summary>
/// A board that acts: a real child process that says what a recorded console said, at its times. It has power and a console; what else
/// a test needs is given to it.
/// </summary>
public static class ReplayBoard
{
    /// <summary>Opens the board, powered off.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="log">The recorded bytes: <c>console.log</c> of a run. Its times lie beside it, in a file ending in <c>.times</c>.</param>
    /// <param name="speed">How many times faster than it was recorded; 0 for no pauses at all.</param>
    /// <param name="more">Other facets.</param>
    public static Board Open(string name, string log, double speed, params IEnumerable<IFacet> more)
    {
        var program = typeof(ReplayBoard).Assembly.Location;
        string[] arguments =
        [
            program,
            "replay",
            log,
            Path.ChangeExtension(log, ".times"),
            speed.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var line = new ReplayLine();
        var console = new ConsoleEngine("console", line, TimeProvider.System);
        var power = new ReplayPower(start, line, console);
        return new Board(
            name,
            [power, console, .. more],
            async () =>
            {
                await power.DisposeAsync();
                await console.DisposeAsync();
            }
        );
    }
}
