using System.IO.Ports;
using System.Text;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Power.Relays;

/// <summary>
/// The LCUS boards with a CH340: <c>A0 NN SS sum</c> switches, <c>FF</c> asks for all states as text. Opens the
/// port for each exchange: several boards of a rack hang on one, and other programs may use it in between.
/// </summary>
internal sealed class SerialRelayOutlet(SerialRelayOptions options) : IOutlet
{
    private const int Speed = 9600;

    // Eight lines of "CH1: OFF" make 80 bytes.
    private const int LongestAnswer = 512;

    public string Device => $"relay board {options.Path}, outlet {options.Outlet}";

    public string Gate => options.Path;

    public async Task<PowerState> ReadAsync(CancellationToken cancellationToken)
    {
        if (!options.CanRead)
        {
            return PowerState.Unknown;
        }

        var isActive = await AskAsync([0xFF], ReadState, cancellationToken);
        return isActive != options.NormallyClosed ? PowerState.On : PowerState.Off;
    }

    public async Task SwitchAsync(bool on, CancellationToken cancellationToken)
    {
        var isActive = on != options.NormallyClosed;
        using var port = Open();
        await port.BaseStream.WriteAsync(Command(isActive), cancellationToken);
        await port.BaseStream.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private byte[] Command(bool isActive)
    {
        var state = (byte)(isActive ? 1 : 0);
        return [0xA0, (byte)options.Outlet, state, (byte)(0xA0 + options.Outlet + state)];
    }

    private bool? ReadState(string text)
    {
        var label = $"CH{options.Outlet}:";
        foreach (var line in Lines(text))
        {
            if (line.StartsWith(label, StringComparison.OrdinalIgnoreCase))
            {
                return Word(line[label.Length..].Trim());
            }
        }

        return null;
    }

    /// <summary>The lines that have ended.</summary>
    private static string[] Lines(string text) => text.Replace('\r', '\n').Split('\n')[..^1];

    private static bool Word(string word) =>
        word.ToUpperInvariant() switch
        {
            "ON" => true,
            "OFF" => false,
            _ => throw new FormatException($"the relay is '{word}'"),
        };

    private async Task<bool> AskAsync(byte[] question, Func<string, bool?> read, CancellationToken cancellationToken)
    {
        using var port = Open();
        port.DiscardInBuffer();
        await port.BaseStream.WriteAsync(question, cancellationToken);
        var text = new StringBuilder();
        var buffer = new byte[128];
        while (text.Length < LongestAnswer)
        {
            var count = await port.BaseStream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                throw new IOException("the port is gone");
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            if (read(text.ToString()) is { } isActive)
            {
                return isActive;
            }
        }

        throw new FormatException("a relay's state is not in it");
    }

    private SerialPort Open()
    {
        if (!File.Exists(options.Path))
        {
            throw new LabException("there is no such device", remedy: "see that the relay board is plugged in");
        }

        var port = new SerialPort(options.Path, Speed);
        try
        {
            port.Open();
            return port;
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }
}
