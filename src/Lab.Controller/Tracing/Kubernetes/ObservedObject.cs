using System.Text.Json;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>One generation of an object, and whose it is.</summary>
internal sealed record ObservedObject
{
    private const string KustomizeLabel = "kustomize.toolkit.fluxcd.io/";
    private const string HelmLabel = "helm.toolkit.fluxcd.io/";

    public required ObjectKey Key { get; init; }
    public required string Uid { get; init; }
    public required long Generation { get; init; }

    /// <summary>The owner by its owner references; the controlling one where there are several.</summary>
    public ObjectKey? Owner { get; init; }

    /// <summary>What put it there without owning it: the Flux object that its labels name, or a Flux object's source.</summary>
    public ObjectKey? AppliedBy { get; init; }

    /// <summary>When this generation came about, as far as the object says.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string UpdatedBy { get; init; }

    /// <summary><c>Apply</c> or <c>Update</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Reads one; null where it has no kind or no name.</summary>
    public static ObservedObject? Read(JsonElement element)
    {
        JsonElement? json = element;
        var key = new ObjectKey(json.Text("kind"), json.Text("metadata", "namespace"), json.Text("metadata", "name"));
        if (key.Kind.Length == 0 || key.Name.Length == 0)
        {
            return null;
        }

        var change = LastChange(json);
        return new ObservedObject
        {
            Key = key,
            Uid = json.Text("metadata", "uid"),
            Generation = json.Number("metadata", "generation"),
            Owner = ReadOwner(json, key.Namespace),
            AppliedBy = ReadApplier(json, key.Namespace),
            UpdatedAt = change?.At ?? json.Time("metadata", "creationTimestamp"),
            UpdatedBy = change?.By ?? "unknown",
            Operation = change?.Operation ?? "unknown",
        };
    }

    /// <summary>The newest change of the spec (kspan's rule).</summary>
    private static (DateTimeOffset At, string By, string Operation)? LastChange(JsonElement? json) =>
        json.Items("metadata", "managedFields")
            .Where(entry => entry.Field("fieldsV1", "f:spec") is not null)
            .Select(entry => (At: entry.Time("time"), By: entry.Text("manager"), Operation: entry.Text("operation")))
            .Where(change => change.At is not null && change.By.Length > 0 && change.Operation.Length > 0)
            .Select(change => ((DateTimeOffset, string, string)?)(change.At!.Value, change.By, change.Operation))
            .MaxBy(change => change!.Value.Item1);

    private static ObjectKey? ReadOwner(JsonElement? json, string space)
    {
        var owners = json.Items("metadata", "ownerReferences").Where(owner => owner.Text("name").Length > 0).ToList();
        var owner =
            owners.Find(owner => owner.Field("controller") is { ValueKind: JsonValueKind.True }) ?? owners.FirstOrDefault();
        return owner is null
            ? null
            // A pod that a kubelet runs by itself is owned by its Node, which has no namespace.
            : new ObjectKey(owner.Text("kind"), owner.Text("kind") == "Node" ? "" : space, owner.Text("name"));
    }

    private static ObjectKey? ReadApplier(JsonElement? json, string space)
    {
        foreach (var (kind, label) in new[] { ("Kustomization", KustomizeLabel), ("HelmRelease", HelmLabel) })
        {
            if (json.Text("metadata", "labels", label + "name") is { Length: > 0 } name)
            {
                return new ObjectKey(kind, json.Text("metadata", "labels", label + "namespace"), name);
            }
        }

        return json.Text("spec", "sourceRef", "name") is { Length: > 0 } source
            ? new ObjectKey(
                json.Text("spec", "sourceRef", "kind"),
                json.Text("spec", "sourceRef", "namespace") is { Length: > 0 } other ? other : space,
                source
            )
            : null;
    }
}
