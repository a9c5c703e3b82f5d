using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>In which order objects are applied: definitions, then classes, then the rest by kind; deleted in reverse.</summary>
internal static class ApplyOrder
{
    // What others refer to comes before them; webhooks last, so that they do not judge what belongs to themselves.
    private static readonly string[] First =
    [
        "Namespace",
        "ResourceQuota",
        "StorageClass",
        "CustomResourceDefinition",
        "ServiceAccount",
        "PodSecurityPolicy",
        "Role",
        "ClusterRole",
        "RoleBinding",
        "ClusterRoleBinding",
        "ConfigMap",
        "Secret",
        "Endpoints",
        "Service",
        "LimitRange",
        "PriorityClass",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Deployment",
        "StatefulSet",
        "CronJob",
        "PodDisruptionBudget",
    ];

    private static readonly string[] Last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

    /// <summary>The objects in three stages, each sorted; empty stages are left out.</summary>
    public static IReadOnlyList<IReadOnlyList<JsonObject>> Stages(IEnumerable<JsonObject> objects) =>
        [
            .. objects
                .GroupBy(item => StageOf(item.Kind(), ResourceType.GroupOf(item.ApiVersion())))
                .OrderBy(stage => stage.Key)
                .Select(stage => (IReadOnlyList<JsonObject>)[.. stage.OrderBy(item => ObjectId.Of(item), Comparer)]),
        ];

    /// <summary>The ids in the order in which they are to be deleted.</summary>
    public static IEnumerable<InventoryEntry> ForDeletion(IEnumerable<InventoryEntry> entries) =>
        entries.OrderByDescending(entry => entry.Id, Comparer);

    /// <summary>Whether objects of this kind must be in force before others can be applied.</summary>
    public static bool IsDefinition(string kind, string group) => StageOf(kind, group) == 0;

    private static int StageOf(string kind, string group) =>
        (kind, group) switch
        {
            ("Namespace", "") or ("CustomResourceDefinition", "apiextensions.k8s.io") => 0,
            _ when kind.EndsWith("Class", StringComparison.Ordinal) => 1,
            _ => 2,
        };

    private static Comparer<ObjectId> Comparer { get; } =
        Comparer<ObjectId>.Create(
            (left, right) =>
            {
                var rank = Rank(left.Kind).CompareTo(Rank(right.Kind));
                return rank != 0 ? rank
                    : left.Kind != right.Kind ? string.CompareOrdinal(left.Kind, right.Kind)
                    : string.CompareOrdinal(left.ToString(), right.ToString());
            }
        );

    private static int Rank(string kind) =>
        Array.IndexOf(First, kind) is var early and >= 0 ? early
        : Array.IndexOf(Last, kind) is var late and >= 0 ? First.Length + 1 + late
        : First.Length;
}
