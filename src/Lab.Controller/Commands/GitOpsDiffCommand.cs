using System.CommandLine;
using Lab.Controller.Runs;
using Lab.Services.GitOps;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab gitops diff</c>: what a reconciliation would change.</summary>
internal static class GitOpsDiffCommand
{
    public static Command Create(LabEnvironment environment)
    {
        var kubeconfig = GitOpsCommand.Kubeconfig();
        var name = GitOpsCommand.Name();
        var inNamespace = GitOpsCommand.Namespace();
        var path = new Option<string?>("--path")
        {
            Description = "A folder that stands for the source's files; what the source has now where none is named.",
            HelpName = "FOLDER",
        };
        var json = CommonOptions.Json();
        var command = new Command("diff", "What a reconciliation would change; exit code 1 when it would change something.")
        {
            name,
            inNamespace,
            path,
            kubeconfig,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = new GitOpsClient(GitOpsCommand.Cluster(parsed.GetValue(kubeconfig)), environment.Time);
                var kustomize = await KustomizeTool.PrepareAsync(environment.Folders.Cache, null, null, cancellationToken);
                var differences = await client.CompareAsync(
                    parsed.GetRequiredValue(inNamespace),
                    parsed.GetRequiredValue(name),
                    parsed.GetValue(path),
                    kustomize,
                    cancellationToken
                );
                var changes = differences.Where(one => one.Action is "created" or "configured" or "deleted").ToList();
                Tell(environment, changes, parsed.GetValue(json));
                return changes.Count == 0 ? ExitCodes.Pass : ExitCodes.BoardFailed;
            }
        );
        return command;
    }

    private static void Tell(LabEnvironment environment, List<SyncDifference> changes, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.WriteList(
                environment.Output,
                "changes",
                changes,
                (json, change) =>
                {
                    json.WriteString("name", change.Object);
                    json.WriteString("action", change.Action);
                    json.WriteStartArray("fields");
                    foreach (var line in change.Lines)
                    {
                        json.WriteStringValue(line);
                    }

                    json.WriteEndArray();
                }
            );
            return;
        }

        foreach (var change in changes)
        {
            environment.Output.WriteLine($"{change.Object} {change.Action}");
            foreach (var line in change.Action == "configured" ? change.Lines : [])
            {
                environment.Output.WriteLine($"  {line}");
            }
        }
    }
}
