namespace Lab.Trust.Oci;

/// <summary>Bounds of what is accepted from a registry or a folder. Checked before memory is taken.</summary>
public sealed record OciLimits
{
    /// <summary>In bytes; distribution-spec 1.1 asks registries to take manifests of 4 MiB at least.</summary>
    public int MaximumManifestLength { get; init; } = 4 * 1024 * 1024;

    /// <summary>In bytes, for one blob.</summary>
    public long MaximumBlobLength { get; init; } = 8L * 1024 * 1024 * 1024;

    /// <summary>Times that a broken transfer is continued by Range.</summary>
    public int MaximumResumptions { get; init; } = 5;

    /// <summary>Pages followed in a listing of tags or referrers.</summary>
    public int MaximumPages { get; init; } = 100;
}
