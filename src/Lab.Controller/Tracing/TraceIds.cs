using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lab.Controller.Runs;

namespace Lab.Controller.Tracing;

/// <summary>The ids of a run's trace: who knows the run's id knows them all (docs/tracing.md).</summary>
internal static class TraceIds
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>
    /// A run's trace: the 128 bits of its ULID as they are. Its last 80 bits are random, as W3C Trace Context (level 2, section 3.2.2.3)
    /// wants of a trace id. A run whose id is no ULID, or zero, has the first half of its hash.
    /// </summary>
    public static string OfRun(string runId)
    {
        if (RunId.IsValid(runId))
        {
            var value = runId.Aggregate(
                UInt128.Zero,
                (bits, letter) => (bits << 5) | (uint)Alphabet.IndexOf(letter, StringComparison.Ordinal)
            );
            if (value != UInt128.Zero)
            {
                Span<byte> bytes = stackalloc byte[16];
                BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
                return Convert.ToHexStringLower(bytes);
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(runId)).AsSpan(0, 16));
    }

    /// <summary>A span of a trace, by its place in it: the same place has the same id whenever the trace is made again.</summary>
    public static string OfSpan(string traceId, params ReadOnlySpan<string> place)
    {
        var text = new StringBuilder("hwlab-span-v1\0").Append(traceId);
        foreach (var part in place)
        {
            text.Append('\0').Append(part);
        }

        var id = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8);
        // All zeroes would be no id.
        id[7] |= (byte)(id.ContainsAnyExcept((byte)0) ? 0 : 1);
        return Convert.ToHexStringLower(id);
    }
}
