using System.Buffers.Binary;
using System.Text;

namespace Lab.BootAgent.Kexec;

/// <summary>Reads a flattened device tree. Every offset and length is checked; nothing recurses.</summary>
internal ref struct DeviceTreeReader
{
    private const int DepthLimit = 64;
    private const int NameLimit = 255;
    private const int ReservationLimit = 1024;

    private readonly ReadOnlySpan<byte> _blob;
    private readonly ReadOnlySpan<byte> _structure;
    private readonly ReadOnlySpan<byte> _strings;
    private int _at;

    /// <exception cref="FormatException">The header is broken.</exception>
    public DeviceTreeReader(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < DeviceTree.HeaderSize || Word(blob, 0) != DeviceTree.Magic)
            throw new FormatException("not a device tree");
        var size = Word(blob, 4);
        if (size > blob.Length || size > DeviceTree.SizeLimit || size < DeviceTree.HeaderSize)
            throw new FormatException($"device tree of {size} bytes in {blob.Length}");
        if (Word(blob, 20) < DeviceTree.Version || Word(blob, 24) > DeviceTree.Version)
            throw new FormatException($"device tree version {Word(blob, 20)}");
        _blob = blob[..(int)size];
        _structure = Block(Word(blob, 8), Word(blob, 36), alignment: 4);
        _strings = Block(Word(blob, 12), Word(blob, 32), alignment: 1);
    }

    /// <summary>Reads the tree.</summary>
    /// <exception cref="FormatException">It breaks the specification or a limit.</exception>
    public DeviceTree Read()
    {
        var reservations = ReadReservations();
        var open = new Stack<DeviceTreeNode>();
        DeviceTreeNode? root = null;
        while (true)
        {
            var token = NextWord();
            switch (token)
            {
                case DeviceTree.Nop:
                    continue;
                case DeviceTree.BeginNode:
                    root = Begin(open, root);
                    continue;
                case DeviceTree.Property when open.Count > 0:
                    ReadProperty(open.Peek());
                    continue;
                case DeviceTree.EndNode when open.Count > 0:
                    open.Pop();
                    continue;
                case DeviceTree.End when open.Count == 0 && root is not null:
                    return new DeviceTree(root, Word(_blob, 28), reservations);
                default:
                    throw new FormatException($"device tree: token {token} at {_at - 4} of the structure block");
            }
        }
    }

    private DeviceTreeNode Begin(Stack<DeviceTreeNode> open, DeviceTreeNode? root)
    {
        if (open.Count == DepthLimit)
            throw new FormatException($"device tree: more than {DepthLimit} levels");
        var node = new DeviceTreeNode(NextName());
        if (open.Count == 0)
        {
            if (root is not null || node.Name.Length > 0)
                throw new FormatException("device tree: more than one root, or a root with a name");
            root = node;
        }
        else
        {
            if (node.Name.Length == 0)
                throw new FormatException("device tree: a node without a name");
            open.Peek().Children.Add(node);
        }

        open.Push(node);
        return root!;
    }

    private void ReadProperty(DeviceTreeNode node)
    {
        if (node.Children.Count > 0)
            throw new FormatException($"device tree: a property of '{node.Name}' after its children");
        var length = NextWord();
        var nameOffset = NextWord();
        if (length > _structure.Length - _at)
            throw new FormatException($"device tree: a property of '{node.Name}' of {length} bytes");
        if (nameOffset >= _strings.Length)
            throw new FormatException($"device tree: a property name of '{node.Name}' outside the strings");
        var name = Text(_strings[(int)nameOffset..]);
        if (name.Length == 0 || node.Find(name) is not null)
            throw new FormatException($"device tree: property '{name}' of '{node.Name}' is nameless or there twice");
        node.Properties.Add(new DeviceTreeProperty(name, _structure.Slice(_at, (int)length).ToArray()));
        Skip((int)length);
    }

    private readonly List<(ulong, ulong)> ReadReservations()
    {
        var found = new List<(ulong, ulong)>();
        for (var at = (long)Word(_blob, 16); at % 8 == 0 && at >= DeviceTree.HeaderSize && at <= _blob.Length - 16; at += 16)
        {
            var address = BinaryPrimitives.ReadUInt64BigEndian(_blob[(int)at..]);
            var size = BinaryPrimitives.ReadUInt64BigEndian(_blob[((int)at + 8)..]);
            if (address == 0 && size == 0)
                return found;
            if (found.Count == ReservationLimit)
                break;
            found.Add((address, size));
        }

        throw new FormatException("device tree: the memory reservations have no end");
    }

    private readonly ReadOnlySpan<byte> Block(uint offset, uint size, uint alignment) =>
        offset >= DeviceTree.HeaderSize && offset <= _blob.Length && size <= _blob.Length - offset && offset % alignment == 0
            ? _blob.Slice((int)offset, (int)size)
            : throw new FormatException($"device tree: a block of {size} bytes at {offset}");

    private uint NextWord()
    {
        if (_at > _structure.Length - 4)
            throw new FormatException("device tree: the structure block ends in the middle");
        var word = Word(_structure, _at);
        _at += 4;
        return word;
    }

    private string NextName()
    {
        var name = Text(_structure[_at..]);
        Skip(name.Length + 1);
        return name;
    }

    /// <summary>Skips a field and its padding to a whole word.</summary>
    private void Skip(int length) => _at = Math.Min(_structure.Length, (_at + length + 3) & ~3);

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes[..Math.Min(bytes.Length, NameLimit + 1)].IndexOf((byte)0);
        if (end < 0 || bytes[..end].ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
            throw new FormatException("device tree: a name without an end, or with other than printable ASCII characters");
        return Encoding.ASCII.GetString(bytes[..end]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
