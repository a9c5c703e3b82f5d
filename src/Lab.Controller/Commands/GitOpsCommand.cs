using System.CommandLine;
using k8s;
using k8s.Exceptions;
using Lab.Controller.Runs;
using Lab.Model.Errors;
using Lab.Services.GitOps;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab gitops</c>: look at, ask and hold the engine that keeps a cluster as Git says, and be it.</summary>
internal static class GitOpsCommand
{
    private const string Kustomization = "Kustomization";

    private const string DefaultNamespace = "flux-system";
    private const string DefaultName = "fleet";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static Command Create(LabEnvironment environment) =>
        new("gitops", "Look at, ask and hold what keeps a cluster as Git says.")
        {
            Status(environment),
            Reconcile(environment),
            Suspend(environment, "suspend", "Stop reconciling a source or Kustomization.", suspend: true),
            Suspend(environment, "resume", "Go on reconciling it.", suspend: false),
            GitOpsDiffCommand.Create(environment),
            GitOpsRunCommand.Create(environment),
        };

    /// <summary>The cluster that a kubeconfig names: the option's, <c>KUBECONFIG</c>'s, or the user's own.</summary>
    /// <exception cref="RigException">It cannot be read.</exception>
    public static KubernetesClientConfiguration Cluster(string? file)
    {
        var named = file ?? Environment.GetEnvironmentVariable("KUBECONFIG");
        try
        {
            return KubernetesClientConfiguration.BuildConfigFromConfigFile(named);
        }
        catch (Exception exception) when (exception is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            throw new RigException(
                $"the kubeconfig cannot be used: {exception.Message}",
                named,
                "name one with --kubeconfig; a run with --keep has its own in the run's folder",
                exception
            );
        }
    }

    public static Option<string?> Kubeconfig() =>
        new("--kubeconfig")
        {
            Description = "The cluster's kubeconfig; KUBECONFIG or the user's own where none is named.",
            HelpName = "FILE",
        };

    public static Argument<string> Name() =>
        new("name") { Description = "The object's name.", DefaultValueFactory = _ => DefaultName };

    public static Option<string> Namespace() =>
        new("--namespace", "-n")
        {
            Description = "Its namespace.",
            HelpName = "NAMESPACE",
            DefaultValueFactory = _ => DefaultNamespace,
        };

    private static Command Status(LabEnvironment environment)
    {
        var kubeconfig = Kubeconfig();
        var json = CommonOptions.Json();
        var command = new Command("status", "How sources and Kustomizations stand.") { kubeconfig, json };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = new GitOpsClient(Cluster(parsed.GetValue(kubeconfig)), environment.Time);
                var all = await client.ListAsync(cancellationToken);
                if (parsed.GetValue(json))
                    JsonOutput.WriteList(environment.Output, "objects", all, Write);
                else
                    TextTable.Write(environment.Output, [.. all.Select(Row)]);
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static Command Reconcile(LabEnvironment environment)
    {
        var kubeconfig = Kubeconfig();
        var name = Name();
        var inNamespace = Namespace();
        var kind = Kind();
        var json = CommonOptions.Json();
        var command = new Command("reconcile", "Reconcile now, and wait until it was done: the source, then the Kustomization.")
        {
            name,
            inNamespace,
            kind,
            kubeconfig,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = new GitOpsClient(Cluster(parsed.GetValue(kubeconfig)), environment.Time);
                var done = new List<SyncObject>();
                var key = (parsed.GetRequiredValue(inNamespace), parsed.GetRequiredValue(name));
                foreach (var one in await KindsAsync(client, parsed.GetValue(kind), key, cancellationToken))
                {
                    done.Add(
                        await client.ReconcileAsync(
                            one,
                            parsed.GetRequiredValue(inNamespace),
                            parsed.GetRequiredValue(name),
                            Patience,
                            cancellationToken
                        )
                    );
                }

                if (parsed.GetValue(json))
                    JsonOutput.WriteList(environment.Output, "objects", done, Write);
                else
                    TextTable.Write(environment.Output, [.. done.Select(Row)]);
                return done.TrueForAll(item => item.Ready == "True") ? ExitCodes.Pass : ExitCodes.LabError;
            }
        );
        return command;
    }

    private static Command Suspend(LabEnvironment environment, string verb, string description, bool suspend)
    {
        var kubeconfig = Kubeconfig();
        var name = Name();
        var inNamespace = Namespace();
        var kind = Kind();
        var command = new Command(verb, description) { name, inNamespace, kind, kubeconfig };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = new GitOpsClient(Cluster(parsed.GetValue(kubeconfig)), environment.Time);
                var key = (parsed.GetRequiredValue(inNamespace), parsed.GetRequiredValue(name));
                foreach (var one in await KindsAsync(client, parsed.GetValue(kind), key, cancellationToken))
                {
                    await client.SuspendAsync(
                        one,
                        parsed.GetRequiredValue(inNamespace),
                        parsed.GetRequiredValue(name),
                        suspend,
                        cancellationToken
                    );
                }

                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static Option<string?> Kind()
    {
        var option = new Option<string?>("--kind")
        {
            Description = "Only this kind; the source and the Kustomization of that name otherwise.",
        };
        option.AcceptOnlyFromAmong("GitRepository", "OCIRepository", Kustomization);
        return option;
    }

    private static async Task<IReadOnlyList<string>> KindsAsync(
        GitOpsClient client,
        string? kind,
        (string Namespace, string Name) key,
        CancellationToken cancellationToken
    )
    {
        if (kind is not null)
            return [kind];
        var there = (await client.ListAsync(cancellationToken))
            .Where(item => (item.Namespace, item.Name) == key)
            .Select(item => item.Kind)
            .ToList();
        // One that is not there is told of as such.
        return there.Count > 0 ? there : [Kustomization];
    }

    private static IReadOnlyList<string> Row(SyncObject item) =>
        [
            item.Ready switch
            {
                "True" => "✓",
                "False" => "✗",
                _ => "…",
            },
            item.Kind,
            $"{item.Namespace}/{item.Name}",
            item.IsSuspended ? "suspended" : item.Reason,
            item.Message.ReplaceLineEndings(" "),
        ];

    private static void Write(System.Text.Json.Utf8JsonWriter json, SyncObject item)
    {
        json.WriteString("kind", item.Kind);
        json.WriteString("namespace", item.Namespace);
        json.WriteString("name", item.Name);
        json.WriteString("ready", item.Ready);
        json.WriteString("reason", item.Reason);
        json.WriteString("message", item.Message);
        json.WriteString("revision", item.Revision);
        json.WriteBoolean("suspended", item.IsSuspended);
    }
}
