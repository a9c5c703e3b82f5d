using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>
/// The ids that kspan (the program from which these rules come) gives: FNV-1a over UID and generation, so that what it and the lab
/// say of one cluster can be found in each other.
/// </summary>
internal static class KspanIds
{
    // The offset bases and primes of FNV-1a: RFC 9923, section 5.
    private const ulong Offset64 = 0xcbf29ce484222325;
    private const ulong Prime64 = 0x100000001b3;
    private static readonly UInt128 Offset128 = new(0x6c62272e07bb0142, 0x62b821756295c58d);
    private static readonly UInt128 Prime128 = new(0x0000000001000000, 0x000000000000013b);

    /// <summary>The trace of an owner's generation.</summary>
    public static string Trace(string uid, long generation)
    {
        var hash = Of(uid, generation).Aggregate(Offset128, (hash, value) => unchecked((hash ^ value) * Prime128));
        return hash.ToString("x32", CultureInfo.InvariantCulture);
    }

    /// <summary>The span that begins such a trace.</summary>
    public static string Object(string uid, long generation) => Hash64(Of(uid, generation));

    /// <summary>The span of an event.</summary>
    public static string Event(string uid, long count) =>
        Hash64(Encoding.UTF8.GetBytes(count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{uid}{count}") : uid));

    private static byte[] Of(string uid, long generation)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, generation);
        return [.. Encoding.UTF8.GetBytes(uid), .. bytes];
    }

    private static string Hash64(byte[] bytes) =>
        bytes
            .Aggregate(Offset64, (hash, value) => unchecked((hash ^ value) * Prime64))
            .ToString("x16", CultureInfo.InvariantCulture);
}
