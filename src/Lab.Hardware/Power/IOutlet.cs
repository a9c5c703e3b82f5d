using Lab.Model.Boards;

namespace Lab.Hardware.Power;

/// <summary>
/// What switches the power of one board. It speaks its device's protocol and nothing else: deadlines, order, repetition and reading back are
/// <see cref="OutletPower"/>'s.
/// </summary>
internal interface IOutlet : IAsyncDisposable
{
    /// <summary>The device and the outlet in words, for messages.</summary>
    string Device { get; }

    /// <summary>What identifies the device that takes one request at a time.</summary>
    string Gate { get; }

    /// <summary>The state as the device tells it; <see cref="PowerState.Unknown"/> where it cannot tell.</summary>
    Task<PowerState> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Switches. Returns when the device has taken the command.</summary>
    Task SwitchAsync(bool on, CancellationToken cancellationToken);

    /// <summary>Resets the board without a loss of power, where the device can; false where it cannot.</summary>
    Task<bool> TryResetAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Asks the board's system to shut down, where the device can; false where it cannot.</summary>
    Task<bool> TryShutDownAsync(CancellationToken cancellationToken) => Task.FromResult(false);
}
