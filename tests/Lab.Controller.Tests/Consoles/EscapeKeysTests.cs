using System.Text;
using Lab.Controller.Consoles;
using NUnit.Framework;

namespace Lab.Controller.Tests.Consoles;

[TestFixture]
internal sealed class EscapeKeysTests
{
    [TestCase("ls\r", "ls\r", "")]
    [TestCase("a\u001dqb", "ab", "q")]
    [TestCase("\u001d\u001d", "\u001d", "")]
    [TestCase("\u001d\u001d\u001db", "\u001d", "b")]
    [TestCase("\u0003", "\u0003", "")]
    public void Keys_behind_the_escape_key_are_the_programs_and_all_others_the_boards(string typed, string sent, string commands)
    {
        var whole = Read([typed]);
        var split = Read(typed.Select(key => $"{key}"));
        Assert.Multiple(() =>
        {
            Assert.That(whole, Is.EqualTo((sent, commands)));
            Assert.That(split, Is.EqualTo((sent, commands)), "one by one");
        });
    }

    private static (string Sent, string Commands) Read(IEnumerable<string> typed)
    {
        var keys = new EscapeKeys();
        var sent = new List<byte>();
        var commands = typed.SelectMany(part => keys.Read(Encoding.ASCII.GetBytes(part), sent)).ToArray();
        return (Encoding.ASCII.GetString([.. sent]), new string(commands));
    }
}
