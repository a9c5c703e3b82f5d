using System.Runtime.InteropServices;

namespace Lab.Host.Processes;

/// <summary>A pidfd: signals and waits for exactly the process it was opened for, however ids are reused meanwhile.</summary>
internal sealed partial class ProcessHandle : IDisposable
{
    // The same numbers on every architecture since Linux 5.3.
    private const int PidfdSendSignal = 424;
    private const int PidfdOpen = 434;
    private const short PollIn = 1;

    private readonly Lock _gate = new();
    private int _descriptor;

    private ProcessHandle(int descriptor) => _descriptor = descriptor;

    /// <summary>The handle, or null when there is no such process.</summary>
    public static ProcessHandle? TryOpen(int id)
    {
        var descriptor = (int)SystemCall(PidfdOpen, id, 0, 0, 0);
        return descriptor < 0 ? null : new ProcessHandle(descriptor);
    }

    public bool Signal(int signal)
    {
        lock (_gate)
            return _descriptor >= 0 && SystemCall(PidfdSendSignal, _descriptor, signal, 0, 0) == 0;
    }

    /// <summary>Waits for the process to end.</summary>
    /// <returns>False when it still runs after that time.</returns>
    public bool WaitForExit(TimeSpan atMost)
    {
        var poll = new PollDescriptor { Descriptor = _descriptor, Events = PollIn };
        return Poll(ref poll, 1, (int)atMost.TotalMilliseconds) > 0;
    }

    /// <summary>Signals a whole process group. The caller must know that its leader is not reaped yet.</summary>
    public static void SignalGroup(int group, int signal) => _ = Kill(-group, signal);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_descriptor >= 0)
                _ = Close(_descriptor);
            _descriptor = -1;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
