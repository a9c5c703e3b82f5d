using System.Net;
using Lab.Model.Boards;

namespace Lab.Hardware.Power.Http;

/// <summary>
/// Generation 1: <c>/relay/N?turn=on|off</c>, basic authentication. Generation 2 and later: <c>/rpc/Switch.Set</c> and
/// <c>/rpc/Switch.GetStatus</c>, digest authentication with SHA-256. Both after the maker's API documentation.
/// </summary>
internal sealed class ShellyOutlet(ShellyOptions options) : IOutlet
{
    private readonly HttpDevice _http = new(
        options.Address,
        options.Password is { } password ? new NetworkCredential(options.User, password.Resolve()) : null
    );

    public string Device => $"Shelly at {options.Address.Authority}, outlet {options.Outlet}";

    public string Gate => options.Address.Authority;

    public async Task<PowerState> ReadAsync(CancellationToken cancellationToken)
    {
        var isOn =
            options.Generation == 1
                ? (await _http.GetJsonAsync($"/relay/{options.Outlet}", cancellationToken)).Flag("ison")
                : (await _http.GetJsonAsync($"/rpc/Switch.GetStatus?id={options.Outlet}", cancellationToken)).Flag("output");
        return isOn ? PowerState.On : PowerState.Off;
    }

    public async Task SwitchAsync(bool on, CancellationToken cancellationToken)
    {
        if (options.Generation == 1)
        {
            await _http.GetJsonAsync($"/relay/{options.Outlet}?turn={(on ? "on" : "off")}", cancellationToken);
        }
        else
        {
            var answer = await _http.GetJsonAsync(
                $"/rpc/Switch.Set?id={options.Outlet}&on={(on ? "true" : "false")}",
                cancellationToken
            );
            answer.Flag("was_on");
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
