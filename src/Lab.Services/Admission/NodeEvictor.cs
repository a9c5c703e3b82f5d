using System.Net;
using System.Security.Cryptography;
using k8s;
using k8s.Models;

namespace Lab.Services.Admission;

/// <summary>Takes nodes out of the cluster. What the node itself does no longer matters: its pods are gone for the API, and run elsewhere.</summary>
internal static class NodeEvictor
{
    // A controller may have put a pod there before it saw the cordon.
    private const int Rounds = 5;

    private static readonly string CordonPatch = """
        {"spec":{"unschedulable":true,"taints":[{"key":"hwlab/untrusted","effect":"NoExecute"}]}}
        """;

    /// <summary>No new pods, and none of the old ones.</summary>
    /// <returns>What was done.</returns>
    public static async Task<string> ExpelAsync(IKubernetes api, string node, CancellationToken cancellationToken)
    {
        var cordoned = await IgnoreMissingAsync(
            api.CoreV1.PatchNodeAsync(
                new V1Patch(CordonPatch, V1Patch.PatchType.StrategicMergePatch),
                node,
                cancellationToken: cancellationToken
            )
        );
        var pods = await DeletePodsAsync(api, node, cancellationToken);
        return cordoned ? $"cordoned, {pods} pods deleted" : $"it was no node yet, {pods} pods deleted";
    }

    /// <summary>The node, its pods and what the API knows of them are gone: it may come again as another.</summary>
    public static async Task ForgetAsync(IKubernetes api, string node, CancellationToken cancellationToken)
    {
        await IgnoreMissingAsync(api.CoreV1.DeleteNodeAsync(node, cancellationToken: cancellationToken));
        await DeletePodsAsync(api, node, cancellationToken);
    }

    /// <summary>Whether the API server refuses that node, asked about something that no cached answer is about.</summary>
    public static async Task<bool> IsRefusedAsync(IKubernetes api, string node, CancellationToken cancellationToken)
    {
        var review = await api.AuthorizationV1.CreateSubjectAccessReviewAsync(
            new V1SubjectAccessReview
            {
                Spec = new V1SubjectAccessReviewSpec
                {
                    User = NodeNames.UserOf(node),
                    Groups = [NodeNames.Group, "system:authenticated"],
                    NonResourceAttributes = new V1NonResourceAttributes
                    {
                        Verb = "get",
                        Path = $"/hwlab/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}",
                    },
                },
            },
            cancellationToken: cancellationToken
        );
        return review.Status is { Denied: true };
    }

    private static async Task<int> DeletePodsAsync(IKubernetes api, string node, CancellationToken cancellationToken)
    {
        var deleted = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            var pods = await api.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: $"spec.nodeName={node}",
                cancellationToken: cancellationToken
            );
            var left = pods.Items.Where(pod => deleted.Add(pod.Metadata.Uid)).ToArray();
            if (left.Length == 0)
                break;
            foreach (var pod in left)
            {
                await IgnoreMissingAsync(
                    api.CoreV1.DeleteNamespacedPodAsync(
                        pod.Metadata.Name,
                        pod.Metadata.NamespaceProperty,
                        gracePeriodSeconds: 0,
                        cancellationToken: cancellationToken
                    )
                );
            }
        }
        return deleted.Count;
    }

    private static async Task<bool> IgnoreMissingAsync(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (Exception exception) when (ApiFailures.Is(exception, HttpStatusCode.NotFound))
        {
            return false;
        }
    }
}
