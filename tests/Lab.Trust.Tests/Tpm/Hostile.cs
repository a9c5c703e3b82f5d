namespace Lab.Trust.Tests.Tpm;

/// <summary>Spoilt copies of good bytes, the same ones in every run.</summary>
internal static class Hostile
{
    /// <summary>Every truncation, and many random mutations: changed bytes, inserted, removed and doubled ranges, huge numbers.</summary>
    public static IEnumerable<byte[]> Of(byte[] good, int mutations, int seed = 20240229)
    {
        for (var length = 0; length < good.Length; length++)
        {
            yield return good[..length];
        }

        var random = new Random(seed);
        for (var i = 0; i < mutations; i++)
        {
            var bytes = good.ToList();
            for (var change = random.Next(1, 4); change > 0 && bytes.Count > 0; change--)
            {
                Spoil(bytes, random);
            }

            yield return [.. bytes];
        }
    }

    private static void Spoil(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        var count = Math.Min(random.Next(1, 9), bytes.Count - at);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveRange(at, count);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            default:
                for (var i = at; i < at + count; i++)
                {
                    bytes[i] = 0xFF;
                }

                break;
        }
    }
}
