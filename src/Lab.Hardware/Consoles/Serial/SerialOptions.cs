using System.IO.Ports;
using Lab.Hardware.Settings;

namespace Lab.Hardware.Consoles.Serial;

/// <summary>A serial port of this host.</summary>
/// <param name="Device">Its node; one in /dev/serial/by-id keeps its name whatever else is plugged in.</param>
/// <param name="Speed">Bits per second.</param>
/// <param name="DataBits">5 to 8.</param>
/// <param name="Parity">None, even or odd.</param>
/// <param name="StopBits">One or two.</param>
/// <param name="FlowControl">None, by RTS and CTS, or by XON and XOFF.</param>
/// <param name="DataTerminalReady">What DTR is set to at opening; null to leave it.</param>
/// <param name="RequestToSend">What RTS is set to at opening; null to leave it.</param>
public sealed record SerialOptions(
    string Device,
    int Speed,
    int DataBits,
    Parity Parity,
    StopBits StopBits,
    Handshake FlowControl,
    bool? DataTerminalReady,
    bool? RequestToSend
) : LineOptions
{
    /// <summary>The highest speed that is taken: what common adapters and a Pi's PL011 can do.</summary>
    public const int MostSpeed = 4_000_000;

    private static readonly string[] OnOff = ["on", "off"];

    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "serial",
            "a serial port of this host",
            [
                new("device", "the port's node, best one in /dev/serial/by-id", Required: true),
                new("speed", "bits per second, 50 to 4000000; 115200 without it"),
                new("format", "data bits, parity, stop bits, such as 8n1 or 7e1; 8n1 without it"),
                new("flow", "flow control; none without it", Allowed: ["none", "rtscts", "xonxoff"]),
                new("dtr", "what DTR is set to at opening; left as it is without it", Allowed: OnOff),
                new("rts", "what RTS is set to at opening; left as it is without it", Allowed: OnOff),
                .. ConsoleOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    public static SerialOptions Read(DriverSection section)
    {
        var format = section.Matching("format", "^[5-8][neo][12]$") ?? "8n1";
        return new SerialOptions(
            section.Matching("device", "^/[^\\x00]+$")!,
            section.Number("speed", 50, MostSpeed, 115_200),
            format[0] - '0',
            format[1] switch
            {
                'e' => Parity.Even,
                'o' => Parity.Odd,
                _ => Parity.None,
            },
            format[2] == '2' ? StopBits.Two : StopBits.One,
            section.OneOf("flow") switch
            {
                "rtscts" => Handshake.RequestToSend,
                "xonxoff" => Handshake.XOnXOff,
                _ => Handshake.None,
            },
            Line(section.OneOf("dtr")),
            Line(section.OneOf("rts"))
        );
    }

    internal override ILineSource Open(TimeProvider time) => new SerialSource(this, time);

    private static bool? Line(string? word) => word is null ? null : word == "on";
}
