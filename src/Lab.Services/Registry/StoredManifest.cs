namespace Lab.Services.Registry;

/// <summary>A manifest as a repository holds it.</summary>
internal sealed record StoredManifest(ContentDigest Digest, long Size, ManifestDocument Document);
