using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CliWrap;
using Lab.Host.Machine;

namespace Lab.Services.Tests.Netboot;

/// <summary>The test program in its other role: a board in a segment. It gets a lease, its boot file, and asks the services what they are.</summary>
internal static class BoardProgram
{
    public static async Task<int> RunAsync(string device, string mac)
    {
        // A kernel without any address on an interface drops what comes for one.
        await IpAsync($"addr add 169.254.7.7/16 dev {device}");
        await IpAsync($"link set {device} up");
        await IpAsync($"route add default dev {device}");
        var dhcp = new TestDhcp(device, mac);
        dhcp.Lease();
        await IpAsync($"addr add {dhcp.Address}/24 dev {device}");
        var origin = Encoding.ASCII.GetString(dhcp.Options[66]).TrimEnd('\0');
        var file = TestTftp.Fetch(dhcp.NextServer, dhcp.File);
        using var client = new HttpClient { BaseAddress = new Uri(origin) };
        var seen = new BoardReport(
            dhcp.Address.ToString(),
            dhcp.NextServer.ToString(),
            origin,
            dhcp.File,
            Convert.ToHexStringLower(SHA256.HashData(file)),
            Convert.ToHexStringLower(SHA256.HashData(await client.GetByteArrayAsync($"/files/{dhcp.File}"))),
            (int)(await client.GetAsync("/v2/")).StatusCode,
            await client.GetStringAsync("/tuf/metadata/timestamp.json")
        );
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(seen));
        return 0;
    }

    private static async Task IpAsync(string arguments) =>
        await Cli.Wrap(HostTools.Require("ip")).WithArguments(arguments).ExecuteAsync();
}
