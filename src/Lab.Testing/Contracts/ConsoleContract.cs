using System.Text;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using NUnit.Framework;

namespace Lab.Testing.Contracts;

/// <summary>What <see cref="IConsole"/> promises.</summary>
public abstract class ConsoleContract : BoardContract
{
    /// <summary>Something that the board says soon after each power-on.</summary>
    protected abstract ConsolePattern Greeting { get; }

    private IConsole Console => Board.Require<IConsole>();

    private IPower Power => Board.Require<IPower>();

    [Test]
    public async Task I_can_wait_for_what_a_board_says()
    {
        await Power.OnAsync(default);
        var match = await Console.ExpectAsync(Greeting, 0, Patience, default);
        Assert.Multiple(() =>
        {
            Assert.That(match.End, Is.GreaterThan(match.Start));
            Assert.That(Console.Position, Is.GreaterThanOrEqualTo(match.End));
        });
    }

    [Test]
    public async Task What_was_said_before_I_asked_is_found_too()
    {
        await Power.OnAsync(default);
        var first = await Console.ExpectAsync(Greeting, 0, Patience, default);
        var again = await Console.ExpectAsync(Greeting, 0, Patience, default);
        Assert.That(
            again,
            Is.EqualTo(first).Using<ConsoleMatch>((one, other) => one.Start == other.Start && one.Text == other.Text)
        );
    }

    [Test]
    public async Task A_board_speaks_again_after_a_power_cycle()
    {
        await Power.OnAsync(default);
        await Console.ExpectAsync(Greeting, 0, Patience, default);
        await Power.CutAsync(default);
        var from = Console.Position;
        await Power.OnAsync(default);
        var match = await Console.ExpectAsync(Greeting, from, Patience, default);
        Assert.That(match.Start, Is.GreaterThanOrEqualTo(from));
    }

    [Test]
    public async Task Every_reader_gets_every_byte()
    {
        await Power.OnAsync(default);
        var match = await Console.ExpectAsync(Greeting, 0, Patience, default);
        var (one, other) = (await ReadToAsync(match.End), await ReadToAsync(match.End));
        Assert.Multiple(() =>
        {
            Assert.That(one, Has.Length.EqualTo(match.End));
            Assert.That(other, Is.EqualTo(one));
        });
    }

    [Test]
    public async Task What_never_comes_ends_in_an_error_that_names_it()
    {
        var never = ConsolePattern.Literal("what no board has ever said");
        var error = await Assert.ThrowsAsync<ConsoleTimeoutException>(() =>
            Console.ExpectAsync(never, 0, TimeSpan.FromMilliseconds(1), default)
        );
        Assert.That(error!.Message, Does.Contain(never.Text));
    }

    [Test]
    public async Task A_board_that_loses_power_keeps_nobody_waiting()
    {
        await Power.OnAsync(default);
        var match = await Console.ExpectAsync(Greeting, 0, Patience, default);
        var never = Console.ExpectAsync(
            ConsolePattern.Literal("what no board has ever said"),
            match.End,
            Patience * 100,
            default
        );
        await Power.CutAsync(default);
        await Assert.ThrowsAsync<ConsoleClosedException>(() => never.WaitAsync(Patience));
    }

    private async Task<string> ReadToAsync(long end)
    {
        var text = new StringBuilder();
        await foreach (var chunk in Console.ReadAsync(0, default))
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
