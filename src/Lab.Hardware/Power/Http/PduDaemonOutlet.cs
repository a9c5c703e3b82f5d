using Lab.Model.Boards;

namespace Lab.Hardware.Power.Http;

/// <summary>
/// <c>/power/control/on?hostname=PDU&amp;port=N</c>, after PDUDaemon's own listener. It answers when its driver has run, whatever became of
/// that, and cannot read: the state is never known.
/// </summary>
internal sealed class PduDaemonOutlet(PduDaemonOptions options) : IOutlet
{
    private readonly HttpDevice _http = new(options.Address);

    public string Device => $"PDUDaemon at {options.Address.Authority}, {options.Pdu} outlet {options.Outlet}";

    public string Gate => $"{options.Address.Authority}/{options.Pdu}";

    public Task<PowerState> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(PowerState.Unknown);

    public Task SwitchAsync(bool on, CancellationToken cancellationToken) =>
        _http.GetTextAsync(
            $"/power/control/{(on ? "on" : "off")}?hostname={Uri.EscapeDataString(options.Pdu)}&port={Uri.EscapeDataString(options.Outlet)}",
            cancellationToken
        );

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
