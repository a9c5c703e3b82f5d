namespace Lab.Emulation.Qmp;

/// <summary>QEMU answered a command with an error.</summary>
internal sealed class QmpRefusalException(string message) : Exception(message);
