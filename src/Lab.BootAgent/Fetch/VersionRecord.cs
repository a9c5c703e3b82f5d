using System.Buffers.Binary;
using System.Security.Cryptography;
using Lab.Trust.Tuf;

namespace Lab.BootAgent.Fetch;

/// <summary>The TUF versions that a board trusted last, in the bytes that its TPM keeps.</summary>
internal static class VersionRecord
{
    /// <summary>Bytes.</summary>
    public const int Size = 8 + SHA256.HashSizeInBytes + 4 * 8;

    private static ReadOnlySpan<byte> Signature => "HWLABV1\0"u8;

    /// <summary>Writes the record of a repository, which is told by its pinned root.</summary>
    public static byte[] Build(ReadOnlySpan<byte> pinnedRoot, TufVersions versions)
    {
        var record = new byte[Size];
        Signature.CopyTo(record);
        SHA256.HashData(pinnedRoot, record.AsSpan(8));
        ReadOnlySpan<long> numbers = [versions.Root, versions.Timestamp, versions.Snapshot, versions.Targets];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64BigEndian(record.AsSpan(40 + 8 * i), numbers[i]);
        return record;
    }

    /// <summary>
    /// Reads a record. Null when it is of another pinned root: an image with another root starts anew, as a TUF client that is given
    /// another root does.
    /// </summary>
    /// <exception cref="FormatException">Not a record.</exception>
    public static TufVersions? Parse(ReadOnlySpan<byte> record, ReadOnlySpan<byte> pinnedRoot)
    {
        if (record.Length != Size || !record.StartsWith(Signature))
            throw new FormatException("the TPM's record of TUF versions is not one");
        if (!record.Slice(8, SHA256.HashSizeInBytes).SequenceEqual(SHA256.HashData(pinnedRoot)))
            return null;
        var numbers = new long[4];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadInt64BigEndian(record[(40 + 8 * i)..]);
        return new TufVersions(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>The first role whose version went back, with both versions; null if none did (TUF 5.3.5, 5.4.3, 5.5.5).</summary>
    public static string? FindRollback(TufVersions trusted, TufVersions offered)
    {
        if (offered.Root < trusted.Root)
            return $"root {offered.Root} after {trusted.Root}";
        if (offered.Timestamp < trusted.Timestamp)
            return $"timestamp {offered.Timestamp} after {trusted.Timestamp}";
        if (offered.Snapshot < trusted.Snapshot)
            return $"snapshot {offered.Snapshot} after {trusted.Snapshot}";
        return offered.Targets < trusted.Targets ? $"targets {offered.Targets} after {trusted.Targets}" : null;
    }
}
