using System.Text;
using System.Text.RegularExpressions;
using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Scenarios.Cluster;

/// <summary>The files of the fleet's repository that scenarios change.</summary>
internal static partial class FleetFiles
{
    /// <summary>The workload.</summary>
    public const string Deployment = "hello.yaml";

    /// <summary>Something else that is applied, for scenarios to remove.</summary>
    public const string Spare = "notes.yaml";

    /// <summary>What lists the files that are applied.</summary>
    public const string Kustomization = "kustomization.yaml";

    /// <summary>The API's path of what <see cref="Spare"/> describes.</summary>
    public const string SparePath = $"/api/v1/namespaces/{FleetCluster.Namespace}/configmaps/notes";

    /// <summary>The annotation of the workload's pods that a roll-out changes.</summary>
    public const string RevisionAnnotation = "fleet.hwlab/revision";

    /// <summary>The Deployment's file with another revision in its pods' annotation.</summary>
    public static async Task<string> WithRevisionAsync(
        this IFleetRepository repository,
        string revision,
        CancellationToken cancellationToken
    ) =>
        await ReplaceAsync(
            repository,
            Deployment,
            Revision(),
            $"""{RevisionAnnotation}: "{revision}" """.TrimEnd(),
            cancellationToken
        );

    /// <summary>The Deployment's file with another number of replicas.</summary>
    public static Task<string> WithReplicasAsync(
        this IFleetRepository repository,
        int replicas,
        CancellationToken cancellationToken
    ) => ReplaceAsync(repository, Deployment, Replicas(), $"replicas: {replicas}", cancellationToken);

    /// <summary>The list of files without <see cref="Spare"/>.</summary>
    public static Task<string> WithoutSpareAsync(this IFleetRepository repository, CancellationToken cancellationToken) =>
        ReplaceAsync(repository, Kustomization, SpareEntry(), "", cancellationToken);

    private static async Task<string> ReplaceAsync(
        IFleetRepository repository,
        string path,
        Regex what,
        string with,
        CancellationToken cancellationToken
    )
    {
        var text = Encoding.UTF8.GetString(await repository.ReadAsync(path, cancellationToken));
        return what.Count(text) == 1
            ? what.Replace(text, with)
            : throw new LabException($"the fleet's {path} does not have exactly one '{what}'", path, "see rigs/fleet/README.md");
    }

    [GeneratedRegex(@"fleet\.hwlab/revision: ""[^""]*""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Revision();

    [GeneratedRegex(@"replicas: \d+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Replicas();

    [GeneratedRegex(@" *- notes\.yaml\n", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SpareEntry();
}
