namespace Lab.Services.Tuf;

/// <summary>A target as metadata names it.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Repository">The OCI repository that holds it, or null for a plain file.</param>
public sealed record ServedTarget(string Name, long Length, string Sha256, string? Repository);
