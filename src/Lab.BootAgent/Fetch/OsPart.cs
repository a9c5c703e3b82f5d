namespace Lab.BootAgent.Fetch;

/// <summary>One part of a bootable OS in memory, verified against its digest.</summary>
/// <param name="Buffer">What is handed to the next kernel: the content, in its frame where it has one.</param>
/// <param name="Offset">Where the content begins.</param>
/// <param name="Length">The content's bytes.</param>
/// <param name="Digest">The content's SHA-256.</param>
internal sealed record OsPart(NativeBuffer Buffer, int Offset, int Length, byte[] Digest) : IDisposable
{
    /// <summary>The content. Valid until disposed.</summary>
    public ReadOnlySpan<byte> Content => Buffer.Span.Slice(Offset, Length);

    public void Dispose() => Buffer.Dispose();
}
