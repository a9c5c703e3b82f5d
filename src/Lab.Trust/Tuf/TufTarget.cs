using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>What trusted metadata says of one target.</summary>
/// <param name="Path">The target's path in the repository.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Hashes">Lower-case hex by algorithm name; one known algorithm at least.</param>
/// <param name="Custom">The target's <c>custom</c> object, whose meaning is the application's.</param>
/// <param name="Role">The role that named the target.</param>
public sealed record TufTarget(
    string Path,
    long Length,
    IReadOnlyDictionary<string, string> Hashes,
    JsonElement? Custom,
    string Role
)
{
    /// <summary>64 hex digits, or <c>null</c> when the metadata has no SHA-256.</summary>
    public string? Sha256 => Hashes.GetValueOrDefault("sha256");

    /// <summary>
    /// The OCI repository named by <c>custom.oci.repository</c>, or <c>null</c>. The target's bytes then are an OCI
    /// manifest, so <see cref="Sha256"/> is the manifest's digest and <see cref="Length"/> its length.
    /// </summary>
    public string? OciRepository =>
        Custom is { ValueKind: JsonValueKind.Object } custom
        && custom.TryGetProperty("oci", out var oci)
        && oci.ValueKind == JsonValueKind.Object
        && oci.TryGetProperty("repository", out var repository)
        && repository.ValueKind == JsonValueKind.String
            ? repository.GetString()
            : null;
}
