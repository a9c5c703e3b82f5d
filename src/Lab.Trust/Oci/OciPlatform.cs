namespace Lab.Trust.Oci;

/// <summary>The <c>platform</c> of an index entry, for example arm64, linux, v8.</summary>
public sealed record OciPlatform(string Architecture, string OperatingSystem, string? Variant = null)
{
    /// <summary>True when content for <paramref name="offered"/> runs where this platform is asked for; no variant asked for means any.</summary>
    public bool Accepts(OciPlatform offered) =>
        Architecture == offered.Architecture
        && OperatingSystem == offered.OperatingSystem
        && (Variant is null || Variant == offered.Variant);
}
