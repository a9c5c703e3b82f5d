using Lab.Model.Boards;

namespace Lab.Hardware.Power.Http;

/// <summary><c>/cm?cmnd=Power1%20On</c>, after Tasmota's command documentation.</summary>
internal sealed class TasmotaOutlet(TasmotaOptions options) : IOutlet
{
    private readonly HttpDevice _http = new(options.Address);
    private readonly string _credentials = options.Password is { } password
        ? $"user={Uri.EscapeDataString(options.User)}&password={Uri.EscapeDataString(password.Resolve())}&"
        : "";

    public string Device => $"Tasmota at {options.Address.Authority}, outlet {options.Outlet}";

    public string Gate => options.Address.Authority;

    public async Task<PowerState> ReadAsync(CancellationToken cancellationToken) =>
        TasmotaAnswer.Read(await CommandAsync($"Power{options.Outlet}", cancellationToken), options.Outlet);

    public async Task SwitchAsync(bool on, CancellationToken cancellationToken) =>
        TasmotaAnswer.Read(await CommandAsync($"Power{options.Outlet} {(on ? "On" : "Off")}", cancellationToken), options.Outlet);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<System.Text.Json.JsonElement> CommandAsync(string command, CancellationToken cancellationToken) =>
        _http.GetJsonAsync($"/cm?{_credentials}cmnd={Uri.EscapeDataString(command)}", cancellationToken);
}
