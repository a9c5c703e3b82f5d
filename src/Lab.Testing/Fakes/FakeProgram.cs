using System.Globalization;

namespace Lab.Testing.Fakes;

/// <summary>
/// A fake device as a process: it speaks its protocol to whoever connects, and is told on its standard input how to behave. Each line there
/// gets one line of answer; when it ends, so does the fake.
/// </summary>
internal static class FakeProgram
{
    public static async Task<int> RunAsync(string kind, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var settings = arguments
            .Select(argument => argument.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var state = new FakeState();
        var board = settings.TryGetValue("console", out var path) ? new FakeBoard(state, path) : null;
        var address = Start(kind, settings, state, stop.Token);
        Say($"ready {address}");
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            Say(Obey(line.Split(' '), state, board));
        }

        await stop.CancelAsync();
        board?.Dispose();
        return 0;
    }

    private static string Start(string kind, Dictionary<string, string> settings, FakeState state, CancellationToken stop) =>
        kind switch
        {
            "shelly1" => new HttpFake(state, new ShellyFake(state, generation: 1, settings.GetValueOrDefault("password"))).Start(
                stop
            ),
            "shelly2" => new HttpFake(state, new ShellyFake(state, generation: 2, settings.GetValueOrDefault("password"))).Start(
                stop
            ),
            "tasmota" => new HttpFake(state, new TasmotaFake(state, settings.GetValueOrDefault("password"))).Start(stop),
            "relay" => new RelayFake(state, settings["relay"]).Start(),
            _ => throw new ArgumentException($"there is no fake '{kind}'", nameof(kind)),
        };

    private static string Obey(string[] words, FakeState state, FakeBoard? board)
    {
        switch (words)
        {
            case ["behave", var name]:
                state.Behaviour = Enum.Parse<Misbehaviour>(name);
                return "done";
            case ["state", var relay]:
                return state.IsOn(int.Parse(relay, CultureInfo.InvariantCulture)) ? "on" : "off";
            case ["switch", var relay, var word]:
                state.Switch(int.Parse(relay, CultureInfo.InvariantCulture), word == "on");
                return "done";
            case ["violations"]:
                return string.Join(" | ", state.Violations);
            case ["unplug"]:
                board!.Unplug();
                return "done";
            case ["plug"]:
                board!.Plug();
                return "done";
            case ["flush"]:
                board!.Flush();
                return "done";
            case ["say", .. var text]:
                board!.Say(string.Join(' ', text) + "\r\n");
                return "done";
            default:
                return "what?";
        }
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
