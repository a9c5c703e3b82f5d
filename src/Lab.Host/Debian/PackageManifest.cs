using System.Text.Json;

namespace Lab.Host.Debian;

/// <summary>Which version of each package this machine uses: made at the first fetch, kept until it is refreshed.</summary>
internal sealed class PackageManifest
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _path;
    private readonly Dictionary<(string Suite, string Architecture, string Name), DebianPackage> _packages;

    private PackageManifest(string path, IEnumerable<DebianPackage> packages)
    {
        _path = path;
        _packages = packages.ToDictionary(Key);
    }

    /// <summary>Reads the manifest; one that cannot be read counts as empty, and everything is fetched again.</summary>
    public static PackageManifest Load(string path)
    {
        try
        {
            return new PackageManifest(
                path,
                JsonSerializer.Deserialize<List<DebianPackage>>(File.ReadAllBytes(path), Format) ?? []
            );
        }
        catch (Exception exception) when (exception is IOException or JsonException or ArgumentException)
        {
            return new PackageManifest(path, []);
        }
    }

    public DebianPackage? Find(PackageRequest request) =>
        _packages.GetValueOrDefault((request.Suite, request.Architecture, request.Name));

    public void Set(DebianPackage package) => _packages[Key(package)] = package;

    public void Save()
    {
        string temporary = _path + ".new";
        IEnumerable<DebianPackage> ordered = _packages
            .Values.OrderBy(package => package.Suite, StringComparer.Ordinal)
            .ThenBy(package => package.Architecture, StringComparer.Ordinal)
            .ThenBy(package => package.Name, StringComparer.Ordinal);
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(ordered, Format));
        File.Move(temporary, _path, overwrite: true);
    }

    private static (string Suite, string Architecture, string Name) Key(DebianPackage package) =>
        (package.Suite, package.Architecture, package.Name);
}
