using Lab.Controller.Rigs;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary>Finds rig files.</summary>
internal static class RigFiles
{
    /// <summary>The rig that is used where none is named.</summary>
    public const string Default = "qemu-virt";

    /// <summary>All rig files in the rig folders, those of the checkout first.</summary>
    public static IEnumerable<string> All(LabEnvironment environment) =>
        environment
            .RigFolders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal));

    /// <summary>The cluster of a rig; the lab's own choice where no rig is named.</summary>
    /// <param name="environment">Where rigs are.</param>
    /// <param name="rig">The rig's name or file.</param>
    /// <param name="mirror">Where releases are taken from, instead of what the rig says.</param>
    /// <exception cref="RigException">There is no such rig, or it cannot be read.</exception>
    public static RigCluster ReadCluster(LabEnvironment environment, string? rig, string? mirror)
    {
        var cluster = rig is null ? new RigCluster() : Read(environment, rig).Cluster;
        return cluster with { Mirror = mirror ?? cluster.Mirror };
    }

    /// <summary>Reads the rig that was named: a file, or the name of one in the rig folders.</summary>
    /// <exception cref="RigException">There is none, or it cannot be read.</exception>
    public static Rig Read(LabEnvironment environment, string? name)
    {
        if (name is not null && (File.Exists(name) || name.Contains('/', StringComparison.Ordinal)))
        {
            return RigReader.Read(name);
        }

        var stem = name ?? Default;
        var file = All(environment).FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == stem);
        return RigReader.Read(file ?? name ?? Path.Combine("rigs", Default + ".yaml"));
    }
}
