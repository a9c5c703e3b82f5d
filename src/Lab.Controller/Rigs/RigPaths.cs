using Lab.Model.Errors;

namespace Lab.Controller.Rigs;

/// <summary>Paths in a rig, which are relative to the rig file's folder.</summary>
internal static class RigPaths
{
    /// <summary>The full path; nothing need be there.</summary>
    public static string Resolve(string name, string rigFile) =>
        // A NUL cannot be part of a path; Path.Combine passes it on and the file system would throw.
        name.Contains('\0', StringComparison.Ordinal)
            ? name
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(rigFile))!, name));

    /// <summary>The file under a key, or null.</summary>
    /// <exception cref="RigException">It is not there.</exception>
    public static string? ReadFile(RigMap map, string key, string rigFile) =>
        map.Text(key) is not { } name ? null
        : Resolve(name, rigFile) is var path && File.Exists(path) ? path
        : throw new RigException($"'{key}' names a file that is not there: {path}", $"{map.Where(key)}");

    /// <summary>The folder under a key, or null.</summary>
    /// <exception cref="RigException">It is not there.</exception>
    public static string? ReadFolder(RigMap map, string key, string rigFile) =>
        map.Text(key) is not { } name ? null
        : Resolve(name, rigFile) is var path && Directory.Exists(path) ? path
        : throw new RigException($"'{key}' names a folder that is not there: {path}", $"{map.Where(key)}");
}
