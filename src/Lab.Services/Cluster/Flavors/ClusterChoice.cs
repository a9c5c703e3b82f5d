namespace Lab.Services.Cluster.Flavors;

/// <summary>What a rig says about its cluster. All of it may be left out.</summary>
/// <param name="Flavor">A flavor's name; null chooses.</param>
/// <param name="Version">The release, as <c>v1.34.1</c> or <c>v1.34.1+k3s1</c>; for flavors that are downloaded.</param>
/// <param name="Sha256">
/// SHA-256 (hexadecimal) of the release's list of checksums, which pins every file of it: see <see cref="ChecksumList"/>.
/// </param>
/// <param name="Mirror">A folder or an address that holds copies of the releases' files, below their original host and path.</param>
public sealed record ClusterChoice(string? Flavor = null, string? Version = null, string? Sha256 = null, string? Mirror = null);
