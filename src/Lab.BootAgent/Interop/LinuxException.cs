using System.Runtime.InteropServices;

namespace Lab.BootAgent.Interop;

/// <summary>The kernel refused a call.</summary>
/// <param name="call">The call and what it was about.</param>
/// <param name="error">The errno value.</param>
internal sealed class LinuxException(string call, int error)
    : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})")
{
    /// <summary>The errno value.</summary>
    public int Error { get; } = error;

    /// <summary>From the errno that the last call on this thread left.</summary>
    public static LinuxException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
