using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lab.Model.Consoles;
using Lab.Model.Errors;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Model.Tests.Consoles;

internal sealed class ConsoleEngineTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task I_can_wait_for_a_text_and_go_on_behind_it()
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time);
        var first = console.ExpectAsync(ConsolePattern.Literal("=> "), 0, Minute, CancellationToken.None);
        wire.Arrive("U-Boot\r\n=");
        wire.Arrive("> help\r\n=> ");

        var second = await console.ExpectAsync(ConsolePattern.Literal("=> "), (await first).End, Minute, CancellationToken.None);

        Assert.That(first.Result.End, Is.EqualTo(11));
        Assert.That(second.Start, Is.EqualTo(17));
    }

    [Test]
    public async Task The_error_after_the_deadline_says_what_was_awaited_and_shows_the_last_lines()
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time);
        wire.Arrive("starting\r\n\e[31mpanic\e[0m: no init\r\n");
        await console.ExpectAsync(ConsolePattern.Literal("no init"), 0, Minute, CancellationToken.None);

        var waiting = console.ExpectAsync(ConsolePattern.Literal("login: "), 0, Minute, CancellationToken.None);
        _time.Advance(Minute);

        var error = await Assert.ThrowsAsync<ConsoleTimeoutException>(() => waiting);
        Assert.That(error!.Message, Does.Contain("'login: ' did not come within 60 s").And.Contain("| panic: no init"));
    }

    [Test]
    public async Task What_came_before_the_deadline_counts_although_it_is_looked_at_later()
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time);
        wire.Arrive("login: ");
        await console.ExpectAsync(ConsolePattern.Literal("login: "), 0, Minute, CancellationToken.None);

        var match = await console.ExpectAsync(ConsolePattern.Literal("log"), 0, TimeSpan.Zero, CancellationToken.None);

        Assert.That(match.End, Is.EqualTo(3));
    }

    [Test]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        await using var console = new ConsoleEngine("console", new Wire(), _time);
        using var cancellation = new CancellationTokenSource();
        var waiting = console.ExpectAsync(ConsolePattern.Literal("x"), 0, Minute, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThatAsync(() => waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Waiting_ends_when_the_console_is_closed()
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time);
        var waiting = console.ExpectAsync(ConsolePattern.Literal("x"), 0, Minute, CancellationToken.None);

        wire.Hang();

        var error = await Assert.ThrowsAsync<ConsoleClosedException>(() => waiting);
        Assert.That(error!.Message, Does.Contain("the console said nothing"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_lost_line_says_whether_the_board_did_it_itself(bool byBoard)
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time);
        var waiting = console.ExpectAsync(ConsolePattern.Literal("x"), 0, Minute, CancellationToken.None);

        console.LoseLine("it is off", byBoard: byBoard);

        var error = await Assert.ThrowsAsync<ConsoleClosedException>(() => waiting);
        Assert.That(error!.IsByBoard, Is.EqualTo(byBoard));
    }

    [Test]
    public async Task A_lost_line_fails_those_who_wait_but_not_those_who_ask_for_the_next_start()
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time);
        wire.Arrive("first boot\n");
        var match = await console.ExpectAsync(ConsolePattern.Regex("first"), 0, Minute, CancellationToken.None);
        var waiting = console.ExpectAsync(ConsolePattern.Literal("second"), match.End, Minute, CancellationToken.None);

        console.LoseLine("the power was cut");
        var next = console.ExpectAsync(ConsolePattern.Literal("second"), console.Position, Minute, CancellationToken.None);
        wire.Arrive("second boot\n");

        await Assert.ThrowsAsync<ConsoleClosedException>(() => waiting);
        Assert.That((await next).Start, Is.EqualTo(11));
        await Assert.ThrowsAsync<ConsoleClosedException>(() =>
            console.ExpectAsync(ConsolePattern.Literal("second"), match.End, Minute, CancellationToken.None)
        );
    }

    [Test]
    public async Task A_line_lost_by_the_labs_fault_is_not_blamed_on_the_board()
    {
        await using var console = new ConsoleEngine("console", new Wire(), _time);
        var waiting = console.ExpectAsync(ConsolePattern.Literal("x"), 0, Minute, CancellationToken.None);

        console.LoseLine("its emulation ended", new LabException("swtpm ended with exit code 1"));

        var error = await Assert.ThrowsAsync<LabException>(() => waiting);
        Assert.That(error!.Message, Does.Contain("swtpm ended"));
    }

    [Test]
    public async Task Bytes_are_logged_before_anybody_sees_them()
    {
        var wire = new Wire();
        var logged = new MemoryStream();
        var mayLog = new TaskCompletionSource();
        await using var console = new ConsoleEngine(
            "console",
            wire,
            _time,
            async (bytes, _, _) =>
            {
                await mayLog.Task;
                await logged.WriteAsync(bytes, CancellationToken.None);
            }
        );
        var waiting = console.ExpectAsync(ConsolePattern.Literal("x"), 0, Minute, CancellationToken.None);
        wire.Arrive("x");
        Assert.That(console.Position, Is.Zero);

        mayLog.SetResult();
        await waiting;

        Assert.That(logged.ToArray(), Is.EqualTo("x"u8.ToArray()));
    }

    [Test]
    public async Task A_counted_stream_of_10_MB_arrives_complete_at_every_subscriber_and_in_the_log()
    {
        var wire = new Wire();
        using var log = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var console = new ConsoleEngine(
            "console",
            wire,
            _time,
            (bytes, _, _) =>
            {
                log.AppendData(bytes.Span);
                return ValueTask.CompletedTask;
            }
        );
        var text = Counted(10_000_000);
        var subscribers = Enumerable.Range(0, 3).Select(_ => HashAsync(console)).ToArray();
        var last = console.ExpectAsync(ConsolePattern.Regex("^the end$"), 0, Minute, CancellationToken.None);

        var random = new Random(1);
        for (var position = 0; position < text.Length; )
        {
            var size = Math.Min(random.Next(1, 9000), text.Length - position);
            wire.Arrive(text.AsSpan(position, size));
            position += size;
        }
        wire.Hang();

        var expected = Convert.ToHexStringLower(SHA256.HashData(text));
        Assert.That((await last).End, Is.EqualTo(text.Length - 1));
        Assert.That(await Task.WhenAll(subscribers), Has.All.EqualTo(expected));
        Assert.That(Convert.ToHexStringLower(log.GetHashAndReset()), Is.EqualTo(expected));
    }

    [Test]
    public async Task Memory_is_bounded_and_what_was_forgotten_shows_in_the_position()
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time, capacity: 100_000);
        var piece = new byte[1000];
        for (var index = 0; index < 1000; index++)
            wire.Arrive(piece);
        wire.Arrive("end");
        await console.ExpectAsync(ConsolePattern.Literal("end"), 1_000_000, Minute, CancellationToken.None);

        await foreach (var chunk in console.ReadAsync(0, CancellationToken.None))
        {
            Assert.That(chunk.Position, Is.InRange(900_000, 999_000));
            break;
        }
    }

    [Test]
    public async Task What_is_written_goes_out_on_the_line()
    {
        var wire = new Wire();
        await using var console = new ConsoleEngine("console", wire, _time);

        await console.WriteAsync("reboot\n"u8.ToArray(), CancellationToken.None);

        Assert.That(wire.Sent.ToArray(), Is.EqualTo("reboot\n"u8.ToArray()));
    }

    private static byte[] Counted(int length)
    {
        var text = new StringBuilder();
        for (var line = 0; text.Length < length; line++)
            text.Append(CultureInfo.InvariantCulture, $"line {line} \e[1mof\e[0m the counted stream\r\n");
        return Encoding.ASCII.GetBytes(text.Append("the end\n").ToString());
    }

    private static async Task<string> HashAsync(ConsoleEngine console)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var chunk in console.ReadAsync(0, CancellationToken.None))
            hash.AppendData(chunk.Bytes.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
