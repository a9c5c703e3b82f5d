namespace Lab.BootAgent.Kexec;

/// <summary>A flattened device tree taken apart (Devicetree Specification 0.4, chapter 5).</summary>
/// <param name="root">The root node.</param>
/// <param name="bootCpu">The boot CPU's physical id.</param>
/// <param name="reservations">The memory reservation block: address and size pairs.</param>
internal sealed class DeviceTree(DeviceTreeNode root, uint bootCpu, IReadOnlyList<(ulong Address, ulong Size)> reservations)
{
    /// <summary>Largest blob, bytes: what arm64 kernels map (booting.rst, section 2).</summary>
    public const int SizeLimit = 2 * 1024 * 1024;

    internal const uint Magic = 0xD00DFEED;
    internal const uint Version = 17;
    internal const uint LastCompatibleVersion = 16;
    internal const int HeaderSize = 40;
    internal const uint BeginNode = 1;
    internal const uint EndNode = 2;
    internal const uint Property = 3;
    internal const uint Nop = 4;
    internal const uint End = 9;

    public DeviceTreeNode Root { get; } = root;

    public uint BootCpu { get; } = bootCpu;

    public IReadOnlyList<(ulong Address, ulong Size)> Reservations { get; } = reservations;

    /// <summary>Takes a blob apart, strictly.</summary>
    /// <exception cref="FormatException">The blob breaks the specification or a limit.</exception>
    public static DeviceTree Parse(ReadOnlySpan<byte> blob) => new DeviceTreeReader(blob).Read();

    /// <summary>Puts the tree together again.</summary>
    public byte[] ToBytes() => DeviceTreeWriter.Write(this);
}
