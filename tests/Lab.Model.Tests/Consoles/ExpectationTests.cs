using System.Text;
using FsCheck.Fluent;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Model.Tests.Consoles;

internal sealed class ExpectationTests
{
    private const string Interrupted =
        "\e[2J\e[1;32mhello\e[0m\r\n@hwlab {\"seq\":1,[    1.234567] random: crng init done\r\n\"event\":\"x\"}\r\n";

    [TestCase(
        "login: ",
        "\e]0;title\abo\e[1mard lo\e(Bgin: ",
        "login: ",
        TestName = "A literal is found across escape sequences"
    )]
    [TestCase("a\nb", "xa\r\nb", "a\nb", TestName = "A literal is found across lines, whatever ends them")]
    [TestCase("aab", "aaab", "aab", TestName = "A literal is found behind a false start of itself")]
    [TestCase("grün", "immer gr\e[0mün", "grün", TestName = "A literal is found that is not ASCII")]
    [TestCase(
        "ready",
        "rea[   12.000001] usb 1-1: new device\r\ndy",
        "ready",
        TestName = "A literal is found that the kernel interrupted"
    )]
    [TestCase("crng init", "rea[   12.000001] crng init done\r\n", "crng init", TestName = "A literal is found in a kernel line")]
    [TestCase(
        "x",
        "\e[999999999999999999999999999999999999999999999999999999999999999999999999999999x",
        "x",
        TestName = "A sequence that never ends does not swallow the text"
    )]
    [TestCase("after", "\e]never ended\nafter", "after", TestName = "A control string that never ends ends with its line")]
    public void Literal(string pattern, string input, string found)
    {
        var match = Find(ConsolePattern.Literal(pattern), Encoding.UTF8.GetBytes(input), [], 0);

        Assert.That(match?.Text, Is.EqualTo(found));
    }

    [Test]
    public void A_line_is_matched_whole_although_the_kernel_interrupted_it()
    {
        var match = Find(ConsolePattern.Regex(@"^@hwlab (\{.*\})"), Encoding.UTF8.GetBytes(Interrupted), [], 0);

        Assert.That(match?.Groups[1], Is.EqualTo("{\"seq\":1,\"event\":\"x\"}"));
    }

    [Test]
    public void A_line_is_not_matched_before_it_is_complete()
    {
        var expectation = new Expectation(ConsolePattern.Regex(@"\{.*\}"), 0);

        Assert.That(expectation.Accept("{{}"u8, 0, default), Is.Null);
        Assert.That(expectation.Accept("}\n"u8, 3, default)?.Text, Is.EqualTo("{{}}"));
    }

    [Test]
    public void The_last_line_is_complete_when_nothing_more_comes()
    {
        var expectation = new Expectation(ConsolePattern.Regex("bye"), 0);
        expectation.Accept("bye"u8, 0, default);

        Assert.That(expectation.End(default)?.End, Is.EqualTo(3));
    }

    [Test]
    public void Positions_count_raw_bytes()
    {
        var bytes = Encoding.UTF8.GetBytes("é \e[1mwört\e[0m!\r\nnext");

        var match = Find(ConsolePattern.Regex("w.rt"), bytes, [], 0)!;

        Assert.That(Encoding.UTF8.GetString(bytes[(int)match.Start..(int)match.End]), Is.EqualTo("wört"));
    }

    [Test]
    public void What_comes_before_the_start_is_context_but_no_match()
    {
        var bytes = Encoding.UTF8.GetBytes("one two one\n");

        Assert.That(Find(ConsolePattern.Regex("one"), bytes, [], 3)?.Start, Is.EqualTo(8));
        Assert.That(Find(ConsolePattern.Regex("^two"), bytes, [], 4), Is.Null);
        Assert.That(Find(ConsolePattern.Literal("one"), bytes, [], 1)?.Start, Is.EqualTo(8));
    }

    [TestCase(@"(a)\1")]
    [TestCase("(?<=a)b")]
    [TestCase("(")]
    public void A_pattern_that_is_not_linear_is_refused(string pattern) =>
        Assert.Throws<RigException>(() => _ = new Expectation(ConsolePattern.Regex(pattern), 0));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public FsCheck.Property Any_split_of_the_bytes_gives_the_same_match()
    {
        string[] parts =
        [
            "@hwlab {\"a\":1}",
            "\r\n",
            "\e[1;32m",
            "\e]0;t\a",
            "ready",
            "rea",
            "dy",
            "[    1.234567] ",
            "[ 12",
            "é",
            "\e",
            "\n",
            " ",
            "x}",
        ];
        var stream = Gen.Elements(parts).ListOf().Select(list => Encoding.UTF8.GetBytes(string.Concat(list)));
        var cuts = Gen.Choose(1, 7).ListOf();
        var input = Gen.Zip(stream, cuts, (bytes, sizes) => (Bytes: bytes, Sizes: sizes.ToArray()));
        return Prop.ForAll(
            input.ToArbitrary(),
            value =>
                SameInPieces(ConsolePattern.Literal("ready"), value.Bytes, value.Sizes)
                && SameInPieces(ConsolePattern.Regex(@"@hwlab (\{.*\})"), value.Bytes, value.Sizes)
        );
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool Any_bytes_at_all_are_taken(byte[] bytes) =>
        Find(ConsolePattern.Regex("never there"), bytes, [], 0) is null
        && Find(ConsolePattern.Literal("never there"), bytes, [], 0) is null;

    private static bool SameInPieces(ConsolePattern pattern, byte[] bytes, int[] sizes)
    {
        var whole = Find(pattern, bytes, [], 0);
        var pieces = Find(pattern, bytes, sizes, 0);
        return (whole?.Start, whole?.End, whole?.Text) == (pieces?.Start, pieces?.End, pieces?.Text);
    }

    private static ConsoleMatch? Find(ConsolePattern pattern, byte[] bytes, int[] sizes, long from)
    {
        var expectation = new Expectation(pattern, from);
        var position = 0;
        foreach (var size in sizes.Append(bytes.Length))
        {
            var piece = bytes.AsSpan(position, Math.Min(size, bytes.Length - position));
            if (expectation.Accept(piece, position, default) is { } match)
                return match;
            position += piece.Length;
        }
        return expectation.End(default);
    }
}
