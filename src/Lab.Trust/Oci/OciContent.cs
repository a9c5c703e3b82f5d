namespace Lab.Trust.Oci;

/// <summary>A manifest or index as it came: exact bytes, and the descriptor that they have been verified against.</summary>
public sealed record OciContent(OciDescriptor Descriptor, ReadOnlyMemory<byte> Bytes);
