using System.Text.Json;

namespace Lab.Scenarios.Cluster;

/// <summary>An image that a pod waits for in vain.</summary>
/// <param name="Pod">The pod's name.</param>
/// <param name="Image">The image, e.g. <c>registry.hwlab/fleet/hello:1</c>.</param>
/// <param name="Reason">The kubelet's reason: <c>ErrImagePull</c> or <c>ImagePullBackOff</c>.</param>
/// <param name="Message">What it says of it.</param>
internal sealed record ImagePull(string Pod, string Image, string Reason, string Message)
{
    // The name under which boards know the rig's own registry.
    private const string RigRegistry = "registry.hwlab/";

    /// <summary>Repository and reference in the rig's own registry; null for an image from elsewhere.</summary>
    public (string Repository, string Reference)? InRig
    {
        get
        {
            if (!Image.StartsWith(RigRegistry, StringComparison.Ordinal))
            {
                return null;
            }

            // A digest says more than the tag before it.
            var parts = Image[RigRegistry.Length..].Split('@', 2);
            var end = parts[0].IndexOf(':', StringComparison.Ordinal);
            var (repository, tag) = end < 0 ? (parts[0], "latest") : (parts[0][..end], parts[0][(end + 1)..]);
            return (repository, parts is [_, var digest] ? digest : tag);
        }
    }

    /// <summary>Those among the pods' containers whose image cannot be pulled.</summary>
    public static IEnumerable<ImagePull> FailuresOf(IEnumerable<JsonElement> pods) =>
        from pod in pods
        let containers = pod.Find("status", "containerStatuses")
        where containers.ValueKind == JsonValueKind.Array
        from container in containers.EnumerateArray()
        let reason = container.Text("state", "waiting", "reason")
        where reason is "ErrImagePull" or "ImagePullBackOff"
        select new ImagePull(pod.Name(), container.Text("image"), reason, container.Text("state", "waiting", "message"));

    /// <summary>The same for people; empty where there are none.</summary>
    public static string Describe(IEnumerable<JsonElement> pods) =>
        string.Concat(FailuresOf(pods).Select(pull => $"; {pull.Pod} waits for its image ({pull.Reason}: {pull.Message})"));
}
