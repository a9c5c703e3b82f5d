using Lab.Hardware.Settings;

namespace Lab.Hardware.Consoles.Network;

/// <summary>A console server's port.</summary>
/// <param name="Host">The server.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="Protocol">What it speaks.</param>
/// <param name="Speed">Bits per second that the server is to set, by RFC 2217; null to leave them.</param>
/// <param name="Ready">What the server writes once it has opened the port; null where it says nothing.</param>
public sealed record NetworkOptions(string Host, int Port, LineProtocol Protocol, int? Speed, string? Ready) : LineOptions
{
    private static readonly DriverKey Address = new(
        "address",
        "the console server's host and port, such as 192.0.2.7:2001",
        Required: true
    );

    private static readonly DriverKey ReadyKey = new(ReadyText.Key, ReadyText.Expected);

    /// <summary>The section of a raw TCP port.</summary>
    public static DriverSyntax TcpSyntax { get; } =
        new("tcp", "a raw TCP port of a console server", [Address, ReadyKey, .. ConsoleOptions.Keys]);

    /// <summary>The section of a telnet port.</summary>
    public static DriverSyntax TelnetSyntax { get; } =
        new("telnet", "a telnet port of a console server", [Address, ReadyKey, .. ConsoleOptions.Keys]);

    /// <summary>The section of an RFC 2217 port.</summary>
    public static DriverSyntax Rfc2217Syntax { get; } =
        new(
            "rfc2217",
            "a console server's port with serial control, RFC 2217",
            [
                Address,
                new("speed", "bits per second that the server sets, 50 to 4000000; left as they are without it"),
                .. ConsoleOptions.Keys,
            ]
        );

    /// <summary>Reads any of the three.</summary>
    public static NetworkOptions Read(DriverSection section)
    {
        var (host, port) = section.Endpoint("address", defaultPort: 0)!.Value;
        return section.Driver switch
        {
            "tcp" => new NetworkOptions(host, port, LineProtocol.Raw, Speed: null, section.Text(ReadyText.Key)),
            "telnet" => new NetworkOptions(host, port, LineProtocol.Telnet, Speed: null, section.Text(ReadyText.Key)),
            _ => new NetworkOptions(
                host,
                port,
                LineProtocol.Rfc2217,
                section.Has("speed") ? section.Number("speed", 50, Serial.SerialOptions.MostSpeed, 0) : null,
                Ready: null
            ),
        };
    }

    internal override ILineSource Open(TimeProvider time) => new NetworkSource(this, time);
}
