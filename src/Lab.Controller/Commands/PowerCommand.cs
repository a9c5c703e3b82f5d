using System.CommandLine;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab power …</c>: a real board's power, by hand.</summary>
internal static class PowerCommand
{
    public static Command Create(LabEnvironment environment) =>
        new("power", "Switch a real board's power, and say what it is.")
        {
            Verb(environment, "on", "Give power.", (power, token) => power.OnAsync(token)),
            Verb(
                environment,
                "off",
                "Ask the system to shut down where the wiring can, then cut the power.",
                (power, token) => power.OffAsync(token)
            ),
            Verb(
                environment,
                "cycle",
                "Cut the power and give it again.",
                async (power, token) =>
                {
                    await power.CutAsync(token);
                    await power.OnAsync(token);
                }
            ),
            Verb(environment, "status", "Read the state back where the device can.", switching: null),
        };

    private static Command Verb(
        LabEnvironment environment,
        string verb,
        string description,
        Func<OutletPower, CancellationToken, Task>? switching
    )
    {
        var board = BoardArgument.Create();
        var rig = CommonOptions.Rig();
        var json = CommonOptions.Json();
        var command = new Command(verb, description) { board, rig, json };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var wired = RigFiles.Read(environment, parsed.GetValue(rig));
                var found = wired.FindBoard(parsed.GetRequiredValue(board));
                await using var use = switching is null
                    ? null
                    : await BoardArgument.Leases(environment, wired).UseAsync(found.Name, $"power {verb}", cancellationToken);
                await using var opened = await OpenAsync(environment, wired, found, cancellationToken);
                var power = opened.Find<OutletPower>()!;
                if (switching is not null)
                {
                    await switching(power, cancellationToken);
                }

                var reading = await power.ReadAsync(cancellationToken);
                Tell(environment, wired, found, power, reading, parsed.GetValue(json));
                return reading.Fault is null ? ExitCodes.Pass : ExitCodes.LabError;
            }
        );
        return command;
    }

    private static Task<Board> OpenAsync(
        LabEnvironment environment,
        Rig rig,
        RigBoard board,
        CancellationToken cancellationToken
    ) =>
        BoardArgument.DemandWiring(rig, board).Power is null
            ? throw new RigException(
                $"nothing switches the power of board '{board.Name}'",
                $"{board.At}",
                "give it a 'power:' section: docs/drivers.md"
            )
            : new WiredBoards(environment.Folders, environment.Time).OpenPowerAsync(board, cancellationToken);

    private static void Tell(
        LabEnvironment environment,
        Rig rig,
        RigBoard board,
        OutletPower power,
        PowerReading reading,
        bool asJson
    )
    {
        var state = reading.State switch
        {
            PowerState.On => "on",
            PowerState.Off => "off",
            _ => "unknown",
        };
        if (asJson)
        {
            JsonOutput.Write(
                environment.Output,
                json =>
                {
                    json.WriteString("name", board.Name);
                    json.WriteString("rig", rig.Name);
                    json.WriteString("state", state);
                    json.WriteString("device", power.Device);
                    if (reading.Fault is { } fault)
                    {
                        json.WriteString("reason", fault.Message);
                    }
                }
            );
            return;
        }

        environment.Output.WriteLine($"{board.Name}: {state} ({power.Device})");
        if (reading.Fault is { } why)
        {
            environment.Error.WriteLine($"hwlab: {why.Message}");
        }
    }
}
