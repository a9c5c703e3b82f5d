using System.Text.Json;

namespace Lab.Emulation.Qmp;

/// <summary>Something QEMU says unasked.</summary>
/// <param name="Name">For example <c>RESET</c> or <c>SHUTDOWN</c>.</param>
/// <param name="Data">What belongs to it; undefined where there is nothing.</param>
public sealed record QmpEvent(string Name, JsonElement Data);
