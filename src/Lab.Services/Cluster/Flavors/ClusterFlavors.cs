using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;
using Lab.Services.Cluster.Debian;

namespace Lab.Services.Cluster.Flavors;

/// <summary>The flavors there are, and which is taken.</summary>
public static class ClusterFlavors
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [KubeadmDebianFlavor.FlavorName, KubeadmFlavor.FlavorName, K3sFlavor.FlavorName];

    /// <summary>All of them, for that choice.</summary>
    public static IReadOnlyList<IClusterFlavor> All(ClusterChoice choice, LabFolders folders, ProcessOwner owner) =>
        [new KubeadmDebianFlavor(folders, owner), new KubeadmFlavor(choice, folders), new K3sFlavor(choice, folders)];

    /// <summary>
    /// The flavor that the rig names. Where it names none: the one whose release it names, else the first that can be had here.
    /// </summary>
    /// <exception cref="RigException">There is no such flavor, or its choice makes no sense.</exception>
    /// <exception cref="LabException">None can be had here; says why, for each.</exception>
    public static async Task<IClusterFlavor> ChooseAsync(
        ClusterChoice choice,
        LabFolders folders,
        ProcessOwner owner,
        CancellationToken cancellationToken
    )
    {
        var all = All(choice, folders, owner);
        if ((choice.Flavor ?? NameFor(choice)) is { } name)
            return all.FirstOrDefault(flavor => flavor.Name == name)
                ?? throw new RigException(
                    $"there is no flavor '{name}'",
                    "cluster.flavor",
                    $"take one of {string.Join(", ", Names)}"
                );
        var obstacles = new List<string>();
        foreach (var flavor in all)
        {
            if (await flavor.FindObstacleAsync(cancellationToken) is not { } obstacle)
                return flavor;
            obstacles.Add($"{flavor.Name}: {obstacle}");
        }
        throw new LabException(
            $"no flavor of Kubernetes can be had here: {string.Join("; ", obstacles)}",
            "cluster",
            "let this machine reach a Debian mirror, or name a release and a mirror of it in the rig"
        );
    }

    private static string? NameFor(ClusterChoice choice) =>
        choice.Version switch
        {
            null => null,
            var version when version.Contains("+k3s", StringComparison.Ordinal) => K3sFlavor.FlavorName,
            _ => KubeadmFlavor.FlavorName,
        };
}
