using Lab.Hardware.Consoles;
using Lab.Hardware.Devices;
using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Boards;

/// <summary>Opens real boards.</summary>
public static class WiredBoard
{
    // Switching off at the end must not depend on a caller who has given up.
    private static readonly TimeSpan ReleaseTime = TimeSpan.FromSeconds(30);

    /// <summary>Connects a board's consoles, then takes its power, so that no byte of its start is missed.</summary>
    /// <param name="settings">How it is wired.</param>
    /// <param name="gates">Shared with every board that hangs on the same devices.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The board with an <see cref="IPower"/> (an <see cref="OutletPower"/>) and its consoles (<see cref="WiredConsole"/>).</returns>
    /// <exception cref="LabException">A console cannot be connected, a secret is missing, or the power cannot be cut.</exception>
    public static async Task<Board> OpenAsync(
        WiredBoardSettings settings,
        DeviceGates gates,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var consoles = new List<WiredConsole>();
        OutletPower? power = null;
        try
        {
            foreach (var console in settings.Consoles)
            {
                consoles.Add(
                    await WiredConsole.OpenAsync(
                        console,
                        $"{console.At} ({settings.Board}, console '{console.Options.Name}')",
                        time,
                        settings.Log?.Invoke(console.Options.Name),
                        cancellationToken
                    )
                );
            }

            power = OpenPower(settings, gates, consoles, time);
            if (power is not null)
            {
                consoles.ForEach(console => console.FindPowerLoss = power.FindLossAsync);
            }

            if (settings.TakesOver && power is not null)
            {
                await power.CutAsync(cancellationToken);
            }

            return new Board(
                settings.Board,
                [.. power is null ? (IFacet[])[] : [power], .. consoles, .. settings.Facets],
                () => ReleaseAsync(settings, power, consoles, time)
            );
        }
        catch
        {
            await CloseAsync(power, consoles);
            throw;
        }
    }

    private static OutletPower? OpenPower(
        WiredBoardSettings settings,
        DeviceGates gates,
        List<WiredConsole> consoles,
        TimeProvider time
    ) =>
        settings.Power is not { } power
            ? null
            : new OutletPower(
                power.Outlet.Open(time),
                $"{power.At} ({settings.Board}, power)",
                power.Options,
                gates,
                reason => consoles.ForEach(console => console.LosePower(reason)),
                time
            );

    private static async ValueTask ReleaseAsync(
        WiredBoardSettings settings,
        OutletPower? power,
        List<WiredConsole> consoles,
        TimeProvider time
    )
    {
        try
        {
            if (settings.TakesOver && power is not null)
            {
                using var limit = new CancellationTokenSource(ReleaseTime, time);
                await power.CutAsync(limit.Token);
            }
        }
        finally
        {
            await CloseAsync(power, consoles);
        }
    }

    private static async Task CloseAsync(OutletPower? power, List<WiredConsole> consoles)
    {
        foreach (var console in consoles)
        {
            await console.DisposeAsync();
        }

        if (power is not null)
        {
            await power.DisposeAsync();
        }
    }
}
