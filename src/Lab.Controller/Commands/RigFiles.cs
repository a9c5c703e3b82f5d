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
