using Lab.Host.Processes;

namespace Lab.Controller.Commands;

/// <summary>What commands about boards and runs do first: remove what a killed run has left. A run does so itself, when it is prepared.</summary>
internal static class Housekeeping
{
    public static async Task SweepAsync(LabEnvironment environment, CancellationToken cancellationToken)
    {
        // To standard error: what the command itself says may be read by a program.
        foreach (var removed in await Leftovers.SweepAsync(environment.Folders, cancellationToken))
        {
            await environment.Error.WriteLineAsync($"hwlab: left by a run that was killed: {removed}");
        }
    }
}
