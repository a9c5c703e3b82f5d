using System.Text;
using Lab.Controller.Reports;
using NUnit.Framework;

namespace Lab.Controller.Tests.Reports;

[TestFixture]
internal sealed class ConsoleTranscriptTests
{
    [TestCase("one\r\ntwo\n", "one|two")]
    [TestCase("no line end", "no line end")]
    [TestCase("10%\r50%\r100%\r\n", "100%")]
    [TestCase("\u001b[31mred\u001b[0m\n", "red")]
    [TestCase("a\u001b[\nb\n", "a|b")]
    public void Lines_are_what_a_terminal_would_show(string text, string lines) =>
        Assert.That(
            string.Join('|', ConsoleTranscript.Read(Encoding.UTF8.GetBytes(text), null, out _).Select(line => line.Text)),
            Is.EqualTo(lines)
        );

    [Test]
    public void A_line_has_the_time_of_its_first_byte()
    {
        var lines = ConsoleTranscript.Read("ab\ncd\n"u8.ToArray(), "1000 0 1\n2000 1 2\nnonsense\n3000 3 3\n", out _);
        Assert.That(lines.Select(line => line.At?.ToUnixTimeMilliseconds()), Is.EqualTo((long?[])[1000, 3000]));
    }
}
