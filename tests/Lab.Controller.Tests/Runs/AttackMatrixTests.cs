using System.Xml.Linq;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Model.Scenarios;
using NUnit.Framework;
using Serilog.Core;

namespace Lab.Controller.Tests.Runs;

[TestFixture]
internal sealed class AttackMatrixTests
{
    private const string Code = "digest-mismatch";
    private const string TwoBoards =
        "rig: bench\nboards:\n  - { name: replay-1, driver: qemu-virt }\n  - { name: replay-2, driver: qemu-virt }\n";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task An_attack_passes_only_when_it_is_refused_at_the_named_stage_with_the_named_code()
    {
        var outcome = await RunAsync(
            Attack("refused", ("zero", Pass), ("one", Refuse(Code))),
            Attack("unnoticed", ("zero", Pass), ("one", Pass)),
            Attack("other-reason", ("zero", Pass), ("one", Refuse("tuf-expired"))),
            Attack("elsewhere", ("zero", RefuseAndEnd(Code)), ("one", Refuse(Code))),
            Attack("check-fails", ("zero", Pass), ("one", RefuseWithBadCheck(Code)))
        );
        var rows = outcome.Record.Attacks;
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(ExitCodes.BoardFailed));
            Assert.That(
                rows.Select(row => $"{row.Name} {row.Verdict}"),
                Is.EqualTo(
                    (string[])["refused Pass", "unnoticed Fail", "other-reason Fail", "elsewhere Fail", "check-fails Fail"]
                )
            );
            Assert.That(rows[0].Seen, Is.EqualTo(new SeenRefusal("one", Code)));
            Assert.That(rows[1].Detail, Is.EqualTo("nothing refused"));
            Assert.That(rows[2].Detail, Does.StartWith("refused with tuf-expired instead of digest-mismatch"));
            Assert.That(rows[3].Detail, Does.StartWith("refused at zero instead of one"));
            Assert.That(rows[4].Detail, Does.Contain("nothing is started"));
        });
    }

    [Test]
    public async Task A_fault_of_the_lab_is_no_refusal_and_the_other_attacks_are_staged_all_the_same()
    {
        var outcome = await RunAsync(
            Attack("broken", ("one", (_, _) => throw new LabException("dnsmasq: the port is taken"))),
            Attack("refused", ("one", Refuse(Code)))
        );
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(ExitCodes.LabError));
            Assert.That(
                outcome.Record.Attacks.Select(row => row.Verdict),
                Is.EqualTo((Verdict[])[Verdict.LabError, Verdict.Pass])
            );
            Assert.That(outcome.Record.Attacks[0].Detail, Does.Contain("the port is taken"));
        });
    }

    [Test]
    public async Task The_boards_share_the_attacks()
    {
        // Each waits for the other: one board alone would never end.
        using var both = new CountdownEvent(2);
        Task MeetAsync(RunContext context, CancellationToken token)
        {
            both.Signal();
            both.Wait(TimeSpan.FromMinutes(1), token);
            return Refuse(Code)(context, token);
        }

        var outcome = await RunAsync(Attack("first", ("one", MeetAsync)), Attack("second", ("one", MeetAsync)));
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.Zero);
            Assert.That(outcome.Record.Attacks.Select(row => row.Board), Is.EquivalentTo((string[])["replay-1", "replay-2"]));
        });
    }

    [Test]
    public async Task Reports_and_records_of_the_matrix_and_of_each_attack_are_kept()
    {
        await RunAsync(Attack("refused", ("one", Refuse(Code))), Attack("unnoticed", ("one", Pass)));
        var folder = RunFolder.Open(_folder.Root);
        var record = RunStore.Read(folder);
        var junit = XDocument.Parse(File.ReadAllText(folder.PathOf(RunFolder.JUnitFile))).Root!;
        var manifest = RunJson.ReadManifest(folder.TryRead(RunFolder.ManifestFile)!)!;
        var html = File.ReadAllText(folder.PathOf(RunFolder.HtmlFile));
        Assert.Multiple(() =>
        {
            Assert.That(record.Attacks.Select(row => row.Verdict), Is.EqualTo((Verdict[])[Verdict.Pass, Verdict.Fail]));
            Assert.That((string?)junit.Attribute("failures"), Is.EqualTo("1"));
            Assert.That(junit.Elements("testsuite").Select(suite => (string?)suite.Attribute("name")), Does.Contain("unnoticed"));
            Assert.That(html, Does.Contain("class=\"matrix\"").And.Contain("./attacks/refused/report.html"));
            Assert.That(html, Does.Contain("Not refused as it must be: unnoticed."));
            Assert.That(html, Does.Contain("Arbitrary software"));
            Assert.That(
                manifest.Files.Select(file => file.Path),
                Is.SupersetOf((string[])["attacks/refused/run.json", "attacks/unnoticed/manifest.json"])
            );
            Assert.That(RunStore.Read(RunFolder.Open(folder.PathOf("attacks/refused"))).Attack, Is.EqualTo("refused"));
        });
    }

    [Test]
    public async Task A_second_matrix_takes_the_folder_over()
    {
        await RunAsync(Attack("gone", ("one", Refuse(Code))));
        await RunAsync(Attack("new", ("one", Refuse(Code))));
        Assert.Multiple(() =>
        {
            Assert.That(Path.Combine(_folder.Root, "attacks", "gone", "run.json"), Does.Not.Exist);
            Assert.That(Path.Combine(_folder.Root, "attacks", "new", "run.json"), Does.Exist);
        });
    }

    [Test]
    public async Task A_cancelled_matrix_keeps_what_had_ended_and_is_no_pass()
    {
        using var cancelling = new CancellationTokenSource();
        async Task CancelAsync(RunContext context, CancellationToken token)
        {
            await cancelling.CancelAsync();
            token.ThrowIfCancellationRequested();
        }

        var outcome = await RunAsync(
            [
                Attack("refused", ("one", Refuse(Code))),
                Attack("cancelled", ("one", CancelAsync)),
                Attack("never", ("one", Refuse(Code))),
            ],
            Checked(FakeLab.RigText),
            cancelling.Token
        );
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(ExitCodes.Cancelled));
            Assert.That(outcome.Record.Verdict, Is.EqualTo(Verdict.LabError));
            Assert.That(outcome.Record.Attacks.Select(row => row.Name), Is.EqualTo((string[])["refused"]));
        });
    }

    private static Task Pass(RunContext context, CancellationToken cancellationToken)
    {
        context.Recorder.Check("all is well", holds: true, "");
        return Task.CompletedTask;
    }

    private static Func<RunContext, CancellationToken, Task> Refuse(string code) =>
        (context, _) =>
        {
            context.Recorder.Refused(code);
            context.Recorder.Check("it is refused", holds: true, code);
            return Task.CompletedTask;
        };

    private static Func<RunContext, CancellationToken, Task> RefuseAndEnd(string code) =>
        (context, _) =>
        {
            context.Recorder.Refused(code);
            throw new BoardException($"the board said refused ({code})", context.Board.Name, "");
        };

    private static Func<RunContext, CancellationToken, Task> RefuseWithBadCheck(string code) =>
        (context, _) =>
        {
            context.Recorder.Refused(code);
            context.Recorder.Check("nothing is started afterwards", holds: false, "power On");
            return Task.CompletedTask;
        };

    private static FakeAttack Attack(
        string name,
        params (string Name, Func<RunContext, CancellationToken, Task> RunAsync)[] stages
    ) => new(new FakeScenario(stages)) { Name = name };

    private static Rig Checked(string rig) => RigReader.Parse(rig, "bench.yaml");

    private Task<RunOutcome> RunAsync(params IAttack[] attacks) => RunAsync(attacks, Checked(TwoBoards), default);

    private async Task<RunOutcome> RunAsync(IReadOnlyList<IAttack> attacks, Rig rig, CancellationToken cancellationToken)
    {
        using var lab = new FakeLab(new FakeScenario(), (0, "hello\r\n")) { Attacks = attacks };
        using var folder = RunFolder.Create(_folder.Root);
        var matrix = new AttackMatrix(lab, folder, new RunEventStream(), Logger.None, TimeProvider.System);
        return await matrix.RunAsync(RunId.Create(SampleRun.Start), rig, rig.Boards, attacks, cancellationToken);
    }
}
