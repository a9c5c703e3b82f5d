namespace Lab.BootAgent.Kexec;

/// <summary>A property of a device tree node.</summary>
internal sealed record DeviceTreeProperty(string Name, byte[] Value);
