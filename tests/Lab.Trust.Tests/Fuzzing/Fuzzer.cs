namespace Lab.Trust.Tests.Fuzzing;

/// <summary>
/// Mutates inputs and keeps those that end in a way not seen before. Every check of a parser has an error message of its own, so the messages
/// tell how deep an input came: poor man's coverage, which needs no instrumented build.
/// </summary>
internal sealed class Fuzzer(FuzzTarget target, int seed)
{
    private const int MaxLength = 64 * 1024;
    private const int MaxCorpus = 4096;

    // Sizes, counts and signs that parsers get wrong.
    private static readonly byte[][] Tokens =
    [
        [0x00, 0x00, 0x00, 0x00],
        [0xFF, 0xFF, 0xFF, 0xFF],
        [0x7F, 0xFF, 0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0x7F],
        [0x80, 0x00, 0x00, 0x00],
        [0x00, 0x10, 0x00, 0x00],
        .. new[]
        {
            "null",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "1e999",
            "99999999999999999999",
            "\\u0000",
            "\\ud800",
            "true",
            "0.5",
            ",",
        }.Select(System.Text.Encoding.ASCII.GetBytes),
    ];

    private readonly Random random = new(seed);
    private readonly List<byte[]> corpus = [.. target.Seeds];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>How many different ends were seen.</summary>
    public int Ends => seen.Count;

    /// <summary>How many inputs were tried.</summary>
    public long Tries { get; private set; }

    /// <summary>Goes on as long as it is told to; a case that breaks the parser comes out as <see cref="FuzzFinding"/>.</summary>
    public void Run(Func<bool> goesOn)
    {
        foreach (var good in target.Seeds)
        {
            Try(good);
        }

        while (goesOn())
        {
            Try(Mutate());
        }
    }

    private void Try(byte[] input)
    {
        Tries++;
        string end;
        try
        {
            end = target.Run(input);
        }
        catch (Exception e)
        {
            throw new FuzzFinding(target.Name, input, e);
        }

        if (seen.Add(end) && corpus.Count < MaxCorpus)
        {
            corpus.Add(input);
        }
    }

    private byte[] Mutate()
    {
        var bytes = corpus[random.Next(corpus.Count)].ToList();
        for (var change = 1 << random.Next(4); change > 0; change--)
        {
            var at = random.Next(bytes.Count + 1);
            var count = Math.Min(random.Next(1, 17), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0 when count > 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when count > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, count);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, count));
                    break;
                case 4:
                    var token = Tokens[random.Next(Tokens.Length)];
                    bytes.RemoveRange(at, Math.Min(token.Length, bytes.Count - at));
                    bytes.InsertRange(at, token);
                    break;
                case 5:
                    var other = corpus[random.Next(corpus.Count)];
                    var from = random.Next(other.Length + 1);
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.AddRange(other[from..]);
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes.Take(MaxLength)];
    }
}
