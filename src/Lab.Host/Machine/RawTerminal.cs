using System.Runtime.InteropServices;

namespace Lab.Host.Machine;

/// <summary>
/// Standard input as a terminal that hands on every key as it is pressed, until it is disposed: no line editing, no echo, no signals.
/// termios(3).
/// </summary>
public sealed partial class RawTerminal : IDisposable
{
    private const int StandardInput = 0;

    // TCSADRAIN: what is still to be printed is printed in the old mode.
    private const int WhenDrained = 1;

    // struct termios has 60 bytes with glibc, 60 with musl; it is only handed back and forth.
    private const int SettingsSize = 256;

    private byte[]? _before;

    private RawTerminal(byte[] before) => _before = before;

    /// <summary>Switches the terminal; null when standard input is none.</summary>
    public static RawTerminal? TryEnter()
    {
        var before = new byte[SettingsSize];
        if (GetAttributes(StandardInput, before) != 0)
            return null;
        var raw = (byte[])before.Clone();
        MakeRaw(raw);
        return SetAttributes(StandardInput, WhenDrained, raw) == 0 ? new RawTerminal(before) : null;
    }

    /// <summary>Gives the terminal back as it was.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _before, null) is { } before)
            _ = SetAttributes(StandardInput, WhenDrained, before);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int descriptor, [In, Out] byte[] settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int descriptor, int when, byte[] settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] settings);
}
