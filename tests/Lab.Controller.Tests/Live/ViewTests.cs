using Lab.Controller.Live;
using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Runs;
using NUnit.Framework;
using Spectre.Console.Testing;

namespace Lab.Controller.Tests.Live;

[TestFixture]
internal sealed class ViewTests
{
    private static RunFolder Folder => RunFolder.Open("/out");

    private static readonly string[] Console =
    [
        "U-Boot 2023.01",
        "DHCP client bound to address 10.0.2.15 (2 ms)",
        "TFTP from server 10.0.2.2; our IP address is 10.0.2.15",
        "hostile \u001b[2J\u001b]0;title\u0007 [red]markup[/] end",
    ];

    [TestCase("half-way", 5, 80, 24)]
    [TestCase("half-way-narrow", 5, 40, 24)]
    [TestCase("half-way-low", 5, 80, 10)]
    [TestCase("passed", int.MaxValue, 80, 24)]
    public void The_screen_shows_stages_checks_and_console(string name, int events, int width, int height) =>
        Snapshot.Check("screen-" + name, Draw(Events(SampleRun.Passed).Take(events), width, height));

    [TestCase("failed")]
    [TestCase("lab-error")]
    public void The_screen_shows_what_ended_a_run(string name) =>
        Snapshot.Check("screen-" + name, Draw(Events(name == "failed" ? SampleRun.Failed : SampleRun.LabFault), 80, 24));

    [Test]
    public void The_screen_shows_what_is_being_prepared()
    {
        RunEvent[] events =
        [
            Events(SampleRun.Passed).First(),
            new RunEvent.Progress(SampleRun.Start, "prepare", "unpacking the kernel, about 12 s left"),
        ];
        Snapshot.Check("screen-preparing", Draw(events, 80, 16));
    }

    [TestCase("passed")]
    [TestCase("failed")]
    public async Task Plain_lines_say_each_thing_once(string name)
    {
        using var output = new StringWriter();
        await new PlainView(output, Folder).ShowAsync(
            Events(name == "passed" ? SampleRun.Passed : SampleRun.Failed).ToAsyncEnumerable(),
            default
        );
        Snapshot.Check("plain-" + name, output.ToString());
    }

    [Test]
    public void The_matrix_is_a_table_that_says_what_refused_and_what_should_have() =>
        Snapshot.Check("attack-matrix", string.Join('\n', AttackTable.Lines(SampleRun.Matrix)));

    [Test]
    public async Task Json_lines_say_each_thing_once()
    {
        using var output = new StringWriter();
        await new JsonView(output, Folder.Root).ShowAsync(Events(SampleRun.Failed).ToAsyncEnumerable(), default);
        Snapshot.Check("json-failed", output.ToString());
    }

    [Test]
    public async Task The_terminal_view_ends_with_the_run_and_leaves_its_last_picture()
    {
        using var terminal = new TestConsole().Width(80);
        var stream = new RunEventStream();
        var view = new TerminalView(terminal, Folder, ["netboot", "attestation"], _ => Console, TimeProvider.System);
        var showing = view.ShowAsync(stream.ReadAsync(default), default);
        foreach (var item in Events(SampleRun.Passed))
        {
            stream.Publish(item);
        }

        stream.Complete();
        await showing;
        Assert.That(terminal.Output, Does.Contain("✓ attestation").And.Contain("/out/report.html"));
    }

    private static string Draw(IEnumerable<RunEvent> events, int width, int height)
    {
        var progress = new RunProgress();
        foreach (var item in events)
        {
            progress.Accept(item);
        }

        using var terminal = new TestConsole().Width(width).Height(height);
        terminal.Write(
            RunScreen.Draw(
                progress,
                ["netboot", "measured-boot", "attestation"],
                Console,
                SampleRun.Start.AddSeconds(3),
                width,
                height
            )
        );
        return terminal.Output;
    }

    private static IEnumerable<RunEvent> Events(RunRecord record)
    {
        yield return new RunEvent.RunStarted(
            record.StartedAt,
            record.Id,
            record.Scenario,
            record.Attack,
            record.Rig,
            record.Board
        );
        yield return new RunEvent.Progress(record.StartedAt, "prepare", "preparing the board and its services");
        foreach (var stage in record.Stages)
        {
            yield return new RunEvent.StageStarted(stage.StartedAt, stage.Name);
            foreach (var check in stage.Checks)
            {
                yield return new RunEvent.PhaseReached(stage.StartedAt.AddMilliseconds(500), record.Phases[0]);
                yield return new RunEvent.CheckMade(stage.StartedAt.AddMilliseconds(512), stage.Name, check);
            }

            yield return new RunEvent.StageEnded(stage.StartedAt + stage.Duration, stage);
        }

        yield return new RunEvent.RunEnded(record.StartedAt + record.Duration, record);
    }
}
