using System.CommandLine;
using Lab.Controller.Runs;
using Lab.Services.GitOps;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab gitops run</c>: the embedded engine on any cluster, until it is interrupted.</summary>
internal static class GitOpsRunCommand
{
    public static Command Create(LabEnvironment environment)
    {
        var kubeconfig = GitOpsCommand.Kubeconfig();
        var command = new Command("run", "Be the engine of a cluster until interrupted: for one that a run left with --keep.")
        {
            kubeconfig,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var cluster = GitOpsCommand.Cluster(parsed.GetValue(kubeconfig));
                var kustomize = await KustomizeTool.PrepareAsync(environment.Folders.Cache, null, null, cancellationToken);
                var work = Directory.CreateTempSubdirectory("hwlab-engine-");
                try
                {
                    var options = new EmbeddedGitOpsOptions(cluster, work.FullName, kustomize, environment.Time)
                    {
                        OnTrouble = line => environment.Error.WriteLine($"hwlab: {line}"),
                    };
                    await using var engine = await EmbeddedGitOps.StartAsync(options, cancellationToken);
                    await environment.Error.WriteLineAsync("hwlab: reconciling; interrupt to end");
                    await Task.Delay(Timeout.InfiniteTimeSpan, environment.Time, cancellationToken);
                }
                finally
                {
                    work.Delete(recursive: true);
                }

                return ExitCodes.Pass;
            }
        );
        return command;
    }
}
