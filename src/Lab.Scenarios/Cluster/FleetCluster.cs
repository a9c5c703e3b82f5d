using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;

namespace Lab.Scenarios.Cluster;

/// <summary>What scenarios ask of the cluster: its nodes, and the workload of the fleet's repository.</summary>
internal sealed class FleetCluster(RunContext context)
{
    /// <summary>The namespace of the fleet's workload.</summary>
    public const string Namespace = "fleet";

    /// <summary>The name of the fleet's workload, a Deployment.</summary>
    public const string Workload = "hello";

    private const string MergePatch = "application/merge-patch+json";
    private const string Json = "application/json";

    private readonly ICluster _cluster = context.Services.Require<ICluster>();

    private const string PodsPath = $"/api/v1/namespaces/{Namespace}/pods?labelSelector=app%3D{Workload}";

    public static string DeploymentPath => $"/apis/apps/v1/namespaces/{Namespace}/deployments/{Workload}";

    /// <summary>Waits until a node looks as demanded.</summary>
    public async Task<JsonElement> WaitForNodeAsync(
        string node,
        Func<JsonElement, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        var nodes = await _cluster.WaitAsync(
            $"/api/v1/nodes?fieldSelector=metadata.name%3D{node}",
            nodes => nodes.Count == 1 && until(nodes[0]),
            what,
            deadline,
            cancellationToken
        );
        return nodes[0];
    }

    /// <summary>Whether the API knows a node of that name.</summary>
    public async Task<bool> HasNodeAsync(string node, CancellationToken cancellationToken) =>
        (await _cluster.SendAsync(HttpMethod.Get, $"/api/v1/nodes/{node}", body: null, Json, cancellationToken)).IsSuccess;

    /// <summary>Waits until the workload's pods look as demanded.</summary>
    /// <exception cref="BoardException">They do not within the deadline.</exception>
    /// <exception cref="LabException">They do not, and the rig's own registry does not serve what a pod needs.</exception>
    public async Task<IReadOnlyList<JsonElement>> WaitForPodsAsync(
        Func<IReadOnlyList<JsonElement>, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<JsonElement> seen = [];
        try
        {
            return await _cluster.WaitAsync(PodsPath, pods => until(seen = pods), what, deadline, cancellationToken);
        }
        catch (BoardException missing)
        {
            if (await FindImageFaultAsync(seen, cancellationToken) is { } fault)
            {
                throw fault;
            }

            throw new BoardException($"{missing.What}{ImagePull.Describe(seen)}", missing.Where, missing.Remedy, missing);
        }
    }

    /// <summary>The lab's own fault that keeps a pod of the workload from having its image; null where there is none.</summary>
    public async Task<LabException?> FindImageFaultAsync(CancellationToken cancellationToken)
    {
        var answer = await _cluster.SendAsync(HttpMethod.Get, PodsPath, body: null, Json, cancellationToken);
        return answer.IsSuccess && answer.Body.Find("items") is { ValueKind: JsonValueKind.Array } pods
            ? await FindImageFaultAsync([.. pods.EnumerateArray()], cancellationToken)
            : null;
    }

    /// <summary>A pod that cannot have its image from the rig's registry is the lab's fault, unless the registry serves it.</summary>
    private async Task<LabException?> FindImageFaultAsync(IReadOnlyList<JsonElement> pods, CancellationToken cancellationToken)
    {
        var registry = context.Services.Require<IRegistry>();
        foreach (var pull in ImagePull.FailuresOf(pods))
        {
            if (
                pull.InRig is var (repository, reference)
                && await registry.FindFaultAsync(repository, reference, cancellationToken) is { } fault
            )
            {
                return new LabException(
                    $"the rig's registry does not serve {pull.Image}, which pod {pull.Pod} waits for: {fault}",
                    "registry",
                    "services/http.jsonl has what was asked of it"
                );
            }
        }

        return null;
    }

    /// <summary>Waits until the workload's Deployment looks as demanded.</summary>
    public Task<IReadOnlyList<JsonElement>> WaitForDeploymentAsync(
        Func<JsonElement, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    ) =>
        _cluster.WaitAsync(
            $"/apis/apps/v1/namespaces/{Namespace}/deployments?fieldSelector=metadata.name%3D{Workload}",
            found => found.Count == 1 && until(found[0]),
            what,
            deadline,
            cancellationToken
        );

    /// <summary>An object, or null where the API knows none.</summary>
    /// <exception cref="LabException">The API refused for another reason.</exception>
    public async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await _cluster.SendAsync(HttpMethod.Get, path, body: null, Json, cancellationToken);
        return answer switch
        {
            { IsSuccess: true } => answer.Body,
            { Status: System.Net.HttpStatusCode.NotFound } => null,
            _ => throw Refused(path, answer),
        };
    }

    /// <summary>Changes an object by hand, as an administrator could.</summary>
    public async Task EditAsync(string path, string patch, CancellationToken cancellationToken)
    {
        var answer = await _cluster.SendAsync(
            HttpMethod.Patch,
            path,
            Encoding.UTF8.GetBytes(patch),
            MergePatch,
            cancellationToken
        );
        if (!answer.IsSuccess)
        {
            throw Refused(path, answer);
        }
    }

    /// <summary>Asks the API whether a node may do anything at all: what its certificate is still good for.</summary>
    /// <returns>Whether it may, and the reason.</returns>
    public async Task<(bool Allowed, string Reason)> ReviewNodeAsync(string node, CancellationToken cancellationToken)
    {
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["user"] = $"system:node:{node}",
                ["groups"] = new JsonArray("system:nodes", "system:authenticated"),
                ["resourceAttributes"] = new JsonObject { ["verb"] = "list", ["resource"] = "services" },
            },
        };
        const string Path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        var answer = await _cluster.SendAsync(
            HttpMethod.Post,
            Path,
            Encoding.UTF8.GetBytes(review.ToJsonString()),
            Json,
            cancellationToken
        );
        return answer.IsSuccess
            ? (answer.Body.Find("status", "allowed").ValueKind == JsonValueKind.True, answer.Body.Text("status", "reason"))
            : throw Refused(Path, answer);
    }

    private static LabException Refused(string path, ClusterAnswer answer) =>
        new($"the API server refused ({(int)answer.Status}): {answer.Body.Text("message")}", path);
}
