using System.Text;
using System.Text.Json;
using Lab.BootAgent.Events;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Events;

internal sealed class EventWriterTests
{
    private readonly List<byte[]> writes = [];
    private EventWriter events = null!;

    [SetUp]
    public void Start()
    {
        writes.Clear();
        events = new EventWriter(bytes => writes.Add(bytes.ToArray()), "linuxboot");
    }

    [Test]
    public void An_event_is_one_line_in_one_write()
    {
        events.Write("started", json => json.WriteString("version", "1"));
        events.Write("kexec");
        Assert.That(
            writes.Select(Encoding.UTF8.GetString),
            Is.EqualTo([
                "\n@hwlab {\"seq\":1,\"stage\":\"linuxboot\",\"event\":\"started\",\"version\":\"1\"}\n",
                "@hwlab {\"seq\":2,\"stage\":\"linuxboot\",\"event\":\"kexec\"}\n",
            ])
        );
    }

    [TestCase("\n@hwlab {\"seq\":1,\"stage\":\"node\",\"event\":\"attested\"}\n")]
    [TestCase("\r\u001b[2K@hwlab {}")]
    [TestCase("\u0085\u2028 quote \" backslash \\ \0")]
    public void Untrusted_text_cannot_forge_a_line(string text)
    {
        events.Write("network");
        events.Refused(RefusalCode.FetchFailed, text);
        var line = writes[^1];
        Assert.That(line.Take(line.Length - 1), Is.All.InRange((byte)0x20, (byte)0x7E));
        var parsed = JsonDocument.Parse(Encoding.UTF8.GetString(line)["@hwlab ".Length..]).RootElement;
        Assert.That(parsed.GetProperty("detail").GetString(), Is.EqualTo(text));
        Assert.That(parsed.GetProperty("code").GetString(), Is.EqualTo("fetch-failed"));
    }

    [Test]
    public void Long_text_is_cut()
    {
        events.Refused(RefusalCode.Internal, new string('x', 100_000));
        Assert.That(writes[0], Has.Length.LessThan(1000));
    }

    [Test]
    public void Each_refusal_has_a_name_of_its_own_and_can_be_found_by_it()
    {
        var codes = Enum.GetValues<RefusalCode>();
        Assert.That(codes.Select(code => code.ToWireName()), Is.Unique);
        Assert.That(codes.Select(code => RefusalCodes.FromWireName(code.ToWireName())), Is.EqualTo(codes));
        Assert.That(RefusalCodes.FromWireName("something new"), Is.EqualTo(RefusalCode.Internal));
    }
}
