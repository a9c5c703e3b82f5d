using Lab.Model.Boards;

namespace Lab.Hardware.Power.Snmp;

internal sealed class SnmpOutlet : IOutlet
{
    private const string DefaultCommunity = "private";

    private readonly SnmpOptions _options;
    private readonly SnmpClient _client;

    public SnmpOutlet(SnmpOptions options, TimeProvider time)
    {
        _options = options;
        var community = options.Community?.Resolve() ?? DefaultCommunity;
        _client = new SnmpClient(options.Host, options.Port, community, time);
    }

    public string Device => $"SNMP agent {_options.Host}:{_options.Port}, {_options.Control}";

    public string Gate => $"{_options.Host}:{_options.Port}";

    public async Task<PowerState> ReadAsync(CancellationToken cancellationToken)
    {
        var value = await _client.GetAsync(_options.Status, cancellationToken);
        return value == _options.IsOn ? PowerState.On
            : value == _options.IsOff ? PowerState.Off
            : throw new FormatException($"{_options.Status} is {value}, which means neither on nor off");
    }

    public Task SwitchAsync(bool on, CancellationToken cancellationToken) =>
        _client.SetAsync(_options.Control, on ? _options.On : _options.Off, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
