using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lab.Testing.Fakes;

/// <summary>A serial port without hardware: a pseudo-terminal in raw mode, under a name as udev would give it.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _slave;
    private readonly string _link;
    private volatile bool _isPulled;

    public PseudoTerminal(string link)
    {
        _link = link;
        _master = PosixOpenPt(ReadWrite | NoControllingTerminal);
        Demand(!_master.IsInvalid && GrantPt(_master) == 0 && UnlockPt(_master) == 0);
        Span<byte> name = stackalloc byte[64];
        Demand(PtsName(_master, ref MemoryMarshal.GetReference(name), (nuint)name.Length) == 0);
        var path = System.Text.Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]);
        // Kept open: without it the master reads an error whenever the last user of the port has gone.
        _slave = OpenFile(path, ReadWrite | NoControllingTerminal);
        Demand(!_slave.IsInvalid);
        // struct termios of glibc and musl has 60 bytes.
        Span<byte> settings = stackalloc byte[128];
        Demand(GetAttributes(_slave, ref MemoryMarshal.GetReference(settings)) == 0);
        MakeRaw(ref MemoryMarshal.GetReference(settings));
        Demand(SetAttributes(_slave, 0, ref MemoryMarshal.GetReference(settings)) == 0);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.Delete(link);
        File.CreateSymbolicLink(link, path);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = WriteFile(_master, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            Demand(count > 0);
            bytes = bytes[(int)count..];
        }
    }

    /// <summary>Reads what was sent to the port; 0 when it was unplugged.</summary>
    public int Read(Span<byte> buffer)
    {
        try
        {
            if (_isPulled)
            {
                return 0;
            }

            var count = ReadFile(_master, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            return _isPulled ? 0 : (int)Math.Max(0, count);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Forgets what nobody has read.</summary>
    public void Flush() => _ = Discard(_slave, 0);

    /// <summary>Pulls the adapter.</summary>
    public void Dispose()
    {
        File.Delete(_link);
        _isPulled = true;
        // A descriptor stays open while a thread reads it, and closing does not wake that thread; a byte does.
        WriteFile(_slave, in MemoryMarshal.GetReference("\0"u8), 1);
        _slave.Dispose();
        _master.Dispose();
    }

    private static void Demand(bool isWell)
    {
        if (!isWell)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial SafeFileHandle PosixOpenPt(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int GrantPt(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int UnlockPt(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int PtsName(SafeFileHandle master, ref byte name, nuint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(SafeFileHandle terminal, ref byte settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(SafeFileHandle terminal, int when, ref byte settings);

    [LibraryImport("libc", EntryPoint = "tcflush", SetLastError = true)]
    private static partial int Discard(SafeFileHandle terminal, int queue);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(ref byte settings);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle file, ref byte buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(SafeFileHandle file, ref readonly byte buffer, nuint length);
}
