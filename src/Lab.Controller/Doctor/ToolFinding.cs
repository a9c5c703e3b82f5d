using Lab.Host.Machine;

namespace Lab.Controller.Doctor;

/// <summary>What was found out about a program of the host.</summary>
/// <param name="Tool">The program.</param>
/// <param name="State">How it was found.</param>
/// <param name="Path">Where it is, or null.</param>
/// <param name="Version">Its version, or null.</param>
public sealed record ToolFinding(HostTool Tool, ToolState State, string? Path, Version? Version)
{
    /// <summary>Whether a run would fail of it.</summary>
    public bool IsFatal => State is ToolState.Missing or ToolState.TooOld;

    /// <summary>What to do about it; null where nothing needs doing.</summary>
    public string? Remedy =>
        State switch
        {
            ToolState.Missing => $"apt-get install {Tool.Package}, or ./hwlab setup",
            ToolState.TooOld => $"upgrade package {Tool.Package} to {Tool.MinimumVersion} or newer",
            _ => null,
        };
}
