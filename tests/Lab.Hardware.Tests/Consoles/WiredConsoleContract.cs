using System.Text;
using Lab.Hardware.Consoles;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Testing.Contracts;
using Lab.Testing.Fakes;

namespace Lab.Hardware.Tests.Consoles;

/// <summary>The console contract with a fake board, whose power is a serial relay and whose console goes over the driver under test.</summary>
internal abstract class WiredConsoleContract : ConsoleContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");
    private FakeDevice? _fake;

    protected override ConsolePattern Greeting => ConsolePattern.Literal("login: ");

    protected FakeDevice Fake => _fake!;

    protected string Folder => _folder.FullName;

    /// <summary>The board's serial port.</summary>
    protected string Port => Path.Combine(_folder.FullName, "by-id", "usb-console");

    private string Relay => Path.Combine(_folder.FullName, "usb-relay");

    [OneTimeSetUp]
    public async Task StartFakeAsync() => _fake = await FakeDevice.StartAsync("relay", "relay=" + Relay, "console=" + Port);

    [OneTimeTearDown]
    public async Task StopFakeAsync()
    {
        await Fake.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task No_byte_is_lost_over_power_cycles()
    {
        var (power, console) = (Board.Require<IPower>(), Board.Require<WiredConsole>());
        var starts = new List<ConsoleMatch>();
        for (var from = 0L; starts.Count < 3; from = starts[^1].End)
        {
            await power.OnAsync(default);
            starts.Add(await console.ExpectAsync(Greeting, from, Patience, default));
            await power.CutAsync(default);
        }

        var text = await ReadAsync(console, starts[^1].End);
        var first = int.Parse(text.Split("start ")[1].Split('\r')[0]);
        Assert.That(text, Is.EqualTo(string.Concat(Enumerable.Range(first, 3).Select(FakeBoard.TextOf))));
    }

    [Test]
    public async Task What_I_type_reaches_the_board_unchanged()
    {
        var console = Board.Require<WiredConsole>();
        await Board.Require<IPower>().OnAsync(default);
        var match = await console.ExpectAsync(Greeting, 0, Patience, default);
        await console.WriteAsync("root\rX"u8.ToArray(), default);
        var answer = await console.ExpectAsync(ConsolePattern.Literal("X>"), match.End, Patience, default);
        var text = await ReadAsync(console, answer.End);
        Assert.That(text[(int)match.End..].Replace("><", "", StringComparison.Ordinal), Is.EqualTo("<root\rX>"));
    }

    protected abstract ConsoleSettings Wire();

    protected override async Task<Board> OpenAsync(CancellationToken cancellationToken)
    {
        await Fake.SwitchAsync(1, on: false);
        await Fake.AskAsync("flush");
        return await Sections.OpenAsync(
            Sections.Power("serial-relay", ("device", Relay), ("outlet", "1"), ("status", "yes")),
            Wire()
        );
    }

    protected static async Task<string> ReadAsync(WiredConsole console, long end)
    {
        var text = new StringBuilder();
        await foreach (var chunk in console.ReadAsync(0, default))
        {
            text.Append(Encoding.Latin1.GetString(chunk.Bytes.Span));
            if (chunk.Position + chunk.Bytes.Length >= end)
            {
                break;
            }
        }

        return text.ToString(0, (int)end);
    }
}
