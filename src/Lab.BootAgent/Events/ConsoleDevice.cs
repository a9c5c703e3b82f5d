using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Events;

/// <summary>The system console, written to without the runtime's own console (which would set up a terminal).</summary>
internal sealed class ConsoleDevice
{
    private const int StandardOutput = 1;
    private int _descriptor = StandardOutput;

    /// <summary>Switches from the inherited output to <c>/dev/console</c>, where that exists.</summary>
    public void OpenConsole()
    {
        var descriptor = Libc.Open("/dev/console", Libc.OpenWriteOnlyNoTerminal, 0);
        if (descriptor >= 0)
            _descriptor = descriptor;
    }

    /// <summary>Writes all bytes. A console that refuses bytes is no reason to stop a boot.</summary>
    public unsafe void Write(ReadOnlyMemory<byte> bytes)
    {
        fixed (byte* start = bytes.Span)
        {
            var written = 0;
            while (written < bytes.Length)
            {
                var count = Libc.Write(_descriptor, start + written, (nuint)(bytes.Length - written));
                if (count <= 0)
                    return;
                written += (int)count;
            }
        }
    }
}
