using System.CommandLine;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Emulation.Images;
using Lab.Host.Processes;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab setup</c>: fetches and builds what boards boot, so that a run need not.</summary>
internal static class SetupCommand
{
    public static Command Create(LabEnvironment environment)
    {
        var refresh = new Option<bool>("--refresh") { Description = "Look for newer Debian packages." };
        var rig = CommonOptions.Rig();
        var mirror = CommonOptions.Mirror();
        var command = new Command("setup", "Fetch and build what boards boot.") { rig, refresh, mirror };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var images = LabInstallation.FromEnvironment(environment.Folders).Images;
                var reporter = new PreparationReporter(line => environment.Output.WriteLine(line), environment.Time);
                var parts = await images.PrepareAsync(reporter, parsed.GetValue(refresh), cancellationToken);
                await images.BuildTargetAsync(parts, commandLine: null, cancellationToken);
                await using var owner = ProcessOwner.Open(environment.Folders, environment.Time);
                var cluster = await ClusterParts.PrepareAsync(
                    RigFiles.ReadCluster(environment, parsed.GetValue(rig), parsed.GetValue(mirror)),
                    environment.Folders,
                    owner,
                    reporter,
                    parsed.GetValue(refresh),
                    cancellationToken
                );
                await images.BuildNodeAsync(
                    parts,
                    new NodeOptions(cluster.NodePrograms),
                    reporter,
                    parsed.GetValue(refresh),
                    cancellationToken
                );
                await environment.Output.WriteLineAsync(
                    $"ready: {Describe(parts)}, Kubernetes {cluster.Binaries.Version} ({cluster.Binaries.Flavor})"
                );
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static string Describe(BoardParts parts) =>
        $"kernel {parts.KernelRelease}, {parts.Packages.Count} Debian packages, boot agent {parts.Agent.Length >> 20} MiB";
}
