using System.Runtime.InteropServices;
using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Fetch;

/// <summary>A piece of memory outside the collected heap, of a size known in advance: what a kernel or an initrd is pulled into.</summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    private const int ReadWrite = 1 | 2; // PROT_READ, PROT_WRITE
    private const int PrivateAnonymous = 2 | 0x20;

    /// <summary>Reserves memory; pages are taken as they are written.</summary>
    /// <param name="length">Bytes; more than none.</param>
    /// <exception cref="LinuxException">The kernel has not that much.</exception>
    public NativeBuffer(int length)
        : base(-1, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var address = Libc.Map(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0);
        if (address == -1)
            throw LinuxException.Last($"map {length} bytes");
        SetHandle(address);
        Length = length;
    }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    public override bool IsInvalid => handle == -1;

    /// <summary>The address in this process.</summary>
    public void* Address => (void*)handle;

    /// <summary>The bytes. Valid until disposed.</summary>
    public ReadOnlySpan<byte> Span => new(Address, Length);

    /// <summary>Copies bytes into the buffer.</summary>
    public void Write(int offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(new Span<byte>(Address, Length)[offset..]);

    /// <summary>A stream that fills a part of the buffer and refuses to grow it.</summary>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">Its bytes.</param>
    public Stream OpenWrite(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new UnmanagedMemoryStream((byte*)handle + offset, 0, length, FileAccess.ReadWrite);
    }

    protected override bool ReleaseHandle() => Libc.Unmap(handle, (nuint)Length) == 0;
}
