using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Lab.BootAgent.Kexec;

/// <summary>Writes a flattened device tree, version 17.</summary>
internal sealed class DeviceTreeWriter
{
    private readonly ArrayBufferWriter<byte> _structure = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> _strings = new(8 * 1024);
    private readonly Dictionary<string, uint> _nameOffsets = new(StringComparer.Ordinal);

    private DeviceTreeWriter() { }

    /// <summary>Writes a tree.</summary>
    public static byte[] Write(DeviceTree tree)
    {
        var writer = new DeviceTreeWriter();
        writer.Node(tree.Root);
        writer.Word(DeviceTree.End);
        return writer.Assemble(tree);
    }

    private byte[] Assemble(DeviceTree tree)
    {
        var structureOffset = DeviceTree.HeaderSize + 16 * (tree.Reservations.Count + 1);
        var stringsOffset = structureOffset + _structure.WrittenCount;
        var blob = new byte[stringsOffset + _strings.WrittenCount];
        ReadOnlySpan<uint> header =
        [
            DeviceTree.Magic,
            (uint)blob.Length,
            (uint)structureOffset,
            (uint)stringsOffset,
            DeviceTree.HeaderSize,
            DeviceTree.Version,
            DeviceTree.LastCompatibleVersion,
            tree.BootCpu,
            (uint)_strings.WrittenCount,
            (uint)_structure.WrittenCount,
        ];
        for (var i = 0; i < header.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(4 * i), header[i]);
        var at = DeviceTree.HeaderSize;
        foreach (var (address, size) in tree.Reservations)
        {
            BinaryPrimitives.WriteUInt64BigEndian(blob.AsSpan(at), address);
            BinaryPrimitives.WriteUInt64BigEndian(blob.AsSpan(at + 8), size);
            at += 16;
        }

        _structure.WrittenSpan.CopyTo(blob.AsSpan(structureOffset));
        _strings.WrittenSpan.CopyTo(blob.AsSpan(stringsOffset));
        return blob;
    }

    /// <summary>The reader limits the depth, so recursion is bounded.</summary>
    private void Node(DeviceTreeNode node)
    {
        Word(DeviceTree.BeginNode);
        _structure.Write(Encoding.ASCII.GetBytes(node.Name + "\0"));
        Pad();
        foreach (var property in node.Properties)
        {
            Word(DeviceTree.Property);
            Word((uint)property.Value.Length);
            Word(NameOffset(property.Name));
            _structure.Write(property.Value);
            Pad();
        }

        foreach (var child in node.Children)
            Node(child);
        Word(DeviceTree.EndNode);
    }

    private uint NameOffset(string name)
    {
        if (_nameOffsets.TryGetValue(name, out var known))
            return known;
        var offset = (uint)_strings.WrittenCount;
        _strings.Write(Encoding.ASCII.GetBytes(name + "\0"));
        _nameOffsets.Add(name, offset);
        return offset;
    }

    private void Word(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_structure.GetSpan(4), value);
        _structure.Advance(4);
    }

    private void Pad()
    {
        var padding = -_structure.WrittenCount & 3;
        _structure.GetSpan(4)[..padding].Clear();
        _structure.Advance(padding);
    }
}
