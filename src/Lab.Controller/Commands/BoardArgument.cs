using System.CommandLine;
using Lab.Controller.Leases;
using Lab.Controller.Rigs;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary>The board that a command is about.</summary>
internal static class BoardArgument
{
    public static Argument<string> Create() => new("board") { Description = "A board of the rig." };

    /// <summary>How the board is wired.</summary>
    /// <exception cref="RigException">It is virtual: it lives no longer than the run that has it.</exception>
    public static RigWiring DemandWiring(Rig rig, RigBoard board) =>
        board.Wiring
        ?? throw new RigException(
            $"board '{board.Name}' is virtual: it has power and a console only while a run has it",
            $"{board.At}",
            "name a rig with real boards by --rig FILE; 'hwlab run … --keep' leaves a virtual board on"
        );

    /// <summary>The leases of the rig's boards.</summary>
    public static BoardLeases Leases(LabEnvironment environment, Rig rig) => new(environment.Folders, rig.Name, environment.Time);
}
