namespace Lab.Model.Boards;

/// <summary>The board's power. Every operation is idempotent, and returns when the new state is in force.</summary>
public interface IPower : IFacet
{
    /// <summary>Reads the state back where the device can, else says <see cref="PowerState.Unknown"/>.</summary>
    Task<PowerState> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Gives power; the board starts from its on-chip ROM.</summary>
    /// <exception cref="Errors.LabException">The device did not answer or refused.</exception>
    Task OnAsync(CancellationToken cancellationToken);

    /// <summary>Asks the running system to shut down, and cuts the power when it has not done so in time.</summary>
    Task OffAsync(CancellationToken cancellationToken);

    /// <summary>Cuts the power at once, as pulling the plug does.</summary>
    Task CutAsync(CancellationToken cancellationToken);

    /// <summary>Resets the board without a loss of power; the on-chip ROM runs again.</summary>
    Task ResetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Waits until the board leaves the other state by itself, as when its system powers off, and says which state it is in then. Returns at once
    /// where nothing can be waited for.
    /// </summary>
    Task<PowerState> WaitForAsync(PowerState state, CancellationToken cancellationToken);
}
