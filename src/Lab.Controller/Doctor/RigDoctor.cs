using System.Net.NetworkInformation;
using Lab.Controller.Leases;
using Lab.Controller.Rigs;
using Lab.Controller.Training;
using Lab.Controller.Wiring;
using Lab.Hardware.Consoles;
using Lab.Hardware.Consoles.Serial;
using Lab.Hardware.Power;
using Lab.Hardware.Power.Commands;
using Lab.Hardware.Power.Relays;
using Lab.Host.Machine;
using Lab.Host.Storage;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Controller.Doctor;

/// <summary>Looks at what a rig's real boards hang on: is it there, may it be used, does it answer. Nothing is switched.</summary>
/// <param name="folders">Where the lab writes.</param>
/// <param name="rig">The rig.</param>
/// <param name="time">The clock.</param>
internal sealed class RigDoctor(LabFolders folders, Rig rig, TimeProvider time)
{
    private static readonly string[] StableNames = ["/dev/serial/by-id/", "/dev/serial/by-path/"];

    private readonly WiredBoards _boards = new(folders, time);

    /// <summary>All findings, board by board.</summary>
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        var wired = rig.Boards.Where(board => board.Wiring is not null).ToList();
        var findings = await Task.WhenAll(wired.Select(board => LookAsync(board, cancellationToken)));
        return [.. wired.Count == 0 ? [] : new[] { Network() }, .. findings.SelectMany(some => some)];
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(RigBoard board, CancellationToken cancellationToken)
    {
        var wiring = board.Wiring!;
        var findings = new List<Finding>
        {
            wiring.Power is { } power
                ? await PowerAsync(board, power, cancellationToken)
                : new Finding($"{board.Name} power", "none", "nothing switches it: no run can take this board", Remedy: null),
        };
        foreach (var console in wiring.Consoles)
        {
            findings.Add(await ConsoleAsync(board, console, cancellationToken));
        }

        findings.AddRange(Files(board));
        findings.Add(TrainingOf(board));
        return findings;
    }

    private Finding Network()
    {
        if (rig.HostInterface is not { } name)
        {
            return new Finding("network", "missing", "the rig names no interface", "network: { interface: eth1 }");
        }

        var found = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(one => one.Name == name);
        return found is null ? new Finding($"interface {name}", "missing", rig.File, $"name one that 'ip link' shows")
            : found.OperationalStatus == OperationalStatus.Down
                ? new Finding($"interface {name}", "down", rig.File, $"ip link set {name} up, and see its cable")
            : Environment.IsPrivilegedProcess ? new Finding($"interface {name}", "has", "up", Remedy: null)
            : new Finding($"interface {name}", "has", "up; runs share it as root only", Remedy: null);
    }

    private async Task<Finding> PowerAsync(RigBoard board, PowerSettings power, CancellationToken cancellationToken)
    {
        var name = $"{board.Name} power";
        try
        {
            if (power.Outlet is CommandOptions command)
            {
                _ = HostTools.Require(command.On[0]);
                _ = HostTools.Require(command.Off[0]);
            }

            await using var opened = await _boards.OpenPowerAsync(board, cancellationToken);
            var outlet = opened.Find<OutletPower>()!;
            var reading = await outlet.ReadAsync(cancellationToken);
            if (reading.Fault is { } fault)
            {
                return Unusable(name, fault);
            }

            var state = reading.State switch
            {
                PowerState.On => "is on",
                PowerState.Off => "is off",
                _ => "cannot be read back",
            };
            return new Finding(name, "has", $"{outlet.Device} {state}{Advice((power.Outlet as SerialRelayOptions)?.Path)}", null);
        }
        catch (LabException exception)
        {
            return Unusable(name, exception);
        }
    }

    private async Task<Finding> ConsoleAsync(RigBoard board, ConsoleSettings console, CancellationToken cancellationToken)
    {
        var name = $"{board.Name} {console.Options.Name}";
        try
        {
            if (new BoardLeases(folders, rig.Name, time).Find(board.Name) is { IsOurs: false } lease)
            {
                return new Finding(name, "in use", lease.Holder, Remedy: null);
            }

            await using var opened = await _boards.OpenConsoleAsync(rig.Name, board, console, cancellationToken);
            return new Finding(name, "has", $"connected{Advice((console.Line as SerialOptions)?.Device)}", Remedy: null);
        }
        catch (LabException exception)
        {
            return Unusable(name, exception);
        }
    }

    private static IEnumerable<Finding> Files(RigBoard board)
    {
        var name = $"{board.Name} TPM";
        yield return board.Wiring!.Tpm is null
            ? new Finding(name, "none", "runs that need one are skipped", Remedy: null)
            : Try(name, "its certificates are there", () => WiredBoards.AuthoritiesOf(board));
        if (board.Wiring.Files is { } files)
        {
            yield return Directory.Exists(files.Folder)
                ? new Finding($"{board.Name} boot loader", "has", $"{files.Folder} as {files.Prefix}/", Remedy: null)
                : new Finding(
                    $"{board.Name} boot loader",
                    "missing",
                    $"{files.At}: {files.Folder}",
                    "fill it: docs/raspberry-pi.md"
                );
        }
    }

    private Finding TrainingOf(RigBoard board)
    {
        var records = new TrainingRecords(folders, rig.Name);
        return new Finding(
            $"{board.Name} training",
            records.Find(board.Name)?.Grade ?? "never",
            records.Describe(board),
            records.Find(board.Name) is { Passes: true } ? null : "hwlab doctor --rig FILE --exercise"
        );
    }

    private static Finding Try(string name, string detail, Action check)
    {
        try
        {
            check();
            return new Finding(name, "has", detail, Remedy: null);
        }
        catch (LabException exception)
        {
            return Unusable(name, exception);
        }
    }

    private static string Advice(string? device) =>
        device is null || StableNames.Any(folder => device.StartsWith(folder, StringComparison.Ordinal))
            ? ""
            : $"; {device} may be another device after the next boot: name it by /dev/serial/by-id";

    private static Finding Unusable(string name, LabException exception) =>
        new(name, "unusable", $"{exception.Where}: {exception.What}", exception.Remedy ?? "mend it");
}
