namespace Lab.Trust.EventLogs;

/// <summary>One entry of an IMA measurement list.</summary>
/// <param name="Index">Its number in the list, from 0.</param>
/// <param name="Offset">Where it begins, in bytes from the list's start.</param>
/// <param name="Pcr">The PCR; 10 by default.</param>
/// <param name="Template">The template: ima, ima-ng, ima-sig, ima-buf and others.</param>
/// <param name="TemplateDigest">The SHA-1 digest that extended the SHA-1 bank; zeros for a violation.</param>
/// <param name="TemplateData">What was hashed; a view of the list's bytes.</param>
public sealed record ImaEvent(
    int Index,
    int Offset,
    int Pcr,
    string Template,
    ReadOnlyMemory<byte> TemplateDigest,
    ReadOnlyMemory<byte> TemplateData
)
{
    /// <summary>Whether the file was written while it was measured: its PCR was extended with ones, so that it can never look good.</summary>
    public bool IsViolation => TemplateDigest.Span.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>The file's hash algorithm in the kernel's name, such as sha256; null for templates whose fields are not known here.</summary>
    public string? FileHash { get; init; }

    /// <summary>The file's digest.</summary>
    public ReadOnlyMemory<byte>? FileDigest { get; init; }

    /// <summary>The file's path at that time, or what was measured: "boot_aggregate", "kexec-cmdline".</summary>
    public string? Name { get; init; }

    /// <summary>ima-sig: the file's signature, empty where it had none. ima-buf: the measured bytes.</summary>
    public ReadOnlyMemory<byte>? Extra { get; init; }
}
