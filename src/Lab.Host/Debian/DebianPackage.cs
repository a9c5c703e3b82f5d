using System.Text.Json.Serialization;

namespace Lab.Host.Debian;

/// <summary>A package that was fetched, verified and unpacked.</summary>
/// <param name="Suite">The release it was taken from.</param>
/// <param name="Name">The binary package's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">SHA-256 of the package file, lower-case hexadecimal, as the signed index states it.</param>
/// <param name="Size">Bytes of the package file.</param>
/// <param name="Depends">Its Depends field, empty if it has none.</param>
public sealed record DebianPackage(string Suite, string Name, string Version, string Sha256, long Size, string Depends)
{
    /// <summary>The architecture it was asked for, in Debian's words; a package for all of them is kept once for each.</summary>
    public string Architecture { get; init; } = DebianArchitecture.Board;

    /// <summary>The folder that holds its files, set when it is read from the cache.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>The full path of one of its files.</summary>
    public string PathOf(string file) => Path.Combine(Folder, file.TrimStart('/'));
}
