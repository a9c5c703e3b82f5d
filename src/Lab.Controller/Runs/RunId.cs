using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lab.Controller.Runs;

/// <summary>Makes ULIDs (github.com/ulid/spec): 48 bits of milliseconds since 1970 and 80 random bits, in Crockford's base 32; they sort by time.</summary>
public static class RunId
{
    /// <summary>Characters in a ULID.</summary>
    public const int Length = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new id of that moment.</summary>
    public static string Create(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)now.ToUnixTimeMilliseconds() << 16);
        RandomNumberGenerator.Fill(bytes[6..]);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(
            Length,
            value,
            static (text, rest) =>
            {
                for (var index = text.Length - 1; index >= 0; index--, rest >>= 5)
                {
                    text[index] = Alphabet[(int)(rest & 31)];
                }
            }
        );
    }

    /// <summary>Whether a text is a ULID in its one canonical form.</summary>
    public static bool IsValid(string text) =>
        text.Length == Length && text[0] <= '7' && text.All(letter => Alphabet.Contains(letter, StringComparison.Ordinal));
}
