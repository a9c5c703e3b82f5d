using Lab.Hardware.Devices;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Power;

/// <summary>
/// The power of a board that hangs on an outlet, whatever switches it. One request at a time reaches the device; each has its deadline; what was
/// switched is read back where the device can tell.
/// </summary>
public sealed class OutletPower : IPower, IAsyncDisposable
{
    // A relay follows its command within milliseconds, a strip's own firmware within a second or two.
    private static readonly TimeSpan ReadBackPause = TimeSpan.FromMilliseconds(250);

    private readonly IOutlet _outlet;
    private readonly PowerOptions _options;
    private readonly DeviceGates _gates;
    private readonly TimeProvider _time;
    private readonly DeviceRequest _request;
    private readonly Action<string> _powerLost;
    private volatile bool _isGiven;

    /// <param name="outlet">What switches.</param>
    /// <param name="where">Board and place in the rig, for messages.</param>
    /// <param name="options">Times.</param>
    /// <param name="gates">Shared with every board that hangs on the same devices.</param>
    /// <param name="powerLost">Told, with the reason, each time the board has lost its power.</param>
    /// <param name="time">The clock.</param>
    internal OutletPower(
        IOutlet outlet,
        string where,
        PowerOptions options,
        DeviceGates gates,
        Action<string> powerLost,
        TimeProvider time
    )
    {
        _outlet = outlet;
        _options = options;
        _gates = gates;
        _powerLost = powerLost;
        _time = time;
        _request = new DeviceRequest($"{where}, {outlet.Device}", options.Deadline, time);
    }

    /// <summary>The device and the outlet in words.</summary>
    public string Device => _outlet.Device;

    /// <summary>Reads the state, and says why where it cannot be read.</summary>
    public async Task<PowerReading> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var held = await _gates.EnterAsync(_outlet.Gate, _time, cancellationToken);
            return new PowerReading(await _request.RunAsync(_outlet.ReadAsync, cancellationToken));
        }
        catch (LabException exception)
        {
            return new PowerReading(PowerState.Unknown, exception);
        }
    }

    /// <summary>Finds out whether a board that does not answer has lost the power that was given to it; null where it has it, or nobody knows.</summary>
    public async Task<LabException?> FindLossAsync(CancellationToken cancellationToken) =>
        _isGiven && (await ReadAsync(cancellationToken)).State == PowerState.Off
            ? new LabException(
                "the outlet was switched on and says that it is off",
                _request.Where,
                "see who or what has switched it off, and its fuse"
            )
            : null;

    /// <inheritdoc/>
    /// <remarks>A device that cannot be read leaves the state unknown; <see cref="ReadAsync"/> says why.</remarks>
    public async Task<PowerState> GetStatusAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).State;

    /// <inheritdoc/>
    public async Task OnAsync(CancellationToken cancellationToken)
    {
        using var held = await _gates.EnterAsync(_outlet.Gate, _time, cancellationToken);
        await SwitchAsync(on: true, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task OffAsync(CancellationToken cancellationToken)
    {
        bool isAsked;
        using (await _gates.EnterAsync(_outlet.Gate, _time, cancellationToken))
        {
            isAsked = await _request.RunAsync(_outlet.TryShutDownAsync, cancellationToken);
        }

        if (isAsked)
        {
            // The gate is open meanwhile: the device's other boards shall not wait for this one's system.
            await WaitForOffAsync(cancellationToken);
        }

        await CutAsync(cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Returns when the board has been without power for the off-time.</remarks>
    public async Task CutAsync(CancellationToken cancellationToken)
    {
        using (await _gates.EnterAsync(_outlet.Gate, _time, cancellationToken))
        {
            await SwitchAsync(on: false, cancellationToken);
        }

        // What the board said last is on its way through adapters and networks while its capacitors drain.
        await Task.Delay(_options.OffTime, _time, cancellationToken);
        _powerLost("the board lost power");
    }

    /// <inheritdoc/>
    /// <remarks>Where the device has no reset of its own, the power is cut and given again.</remarks>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        bool wasReset;
        using (await _gates.EnterAsync(_outlet.Gate, _time, cancellationToken))
        {
            wasReset = await _request.RunAsync(_outlet.TryResetAsync, cancellationToken);
        }

        if (wasReset)
        {
            _powerLost("the board was reset");
            return;
        }

        await CutAsync(cancellationToken);
        await OnAsync(cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>An outlet keeps its state whatever the board's system does, so there is nothing to wait for.</remarks>
    public Task<PowerState> WaitForAsync(PowerState state, CancellationToken cancellationToken) =>
        GetStatusAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _outlet.DisposeAsync();

    private async Task SwitchAsync(bool on, CancellationToken cancellationToken)
    {
        var wanted = on ? PowerState.On : PowerState.Off;
        var started = _time.GetTimestamp();
        _isGiven = false;
        await _request.RunAsync(token => _outlet.SwitchAsync(on, token), cancellationToken);
        PowerState state;
        while ((state = await _request.RunAsync(_outlet.ReadAsync, cancellationToken)) != wanted)
        {
            if (state == PowerState.Unknown)
            {
                break;
            }

            if (_time.GetElapsedTime(started) > _options.Deadline)
            {
                throw new LabException(
                    $"the outlet was switched {Word(wanted)} and still says that it is {Word(state)}",
                    _request.Where,
                    "see whether its relay is stuck, or something else switches it"
                );
            }

            await Task.Delay(ReadBackPause, _time, cancellationToken);
        }

        if (on)
        {
            _isGiven = true;
            await Task.Delay(_options.Stagger, _time, cancellationToken);
        }
    }

    private async Task WaitForOffAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < _options.ShutdownTime && await GetStatusAsync(cancellationToken) != PowerState.Off)
        {
            await Task.Delay(ReadBackPause, _time, cancellationToken);
        }
    }

    private static string Word(PowerState state) => state == PowerState.On ? "on" : "off";
}
