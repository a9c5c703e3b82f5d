using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Model.Scenarios;
using NUnit.Framework;

namespace Lab.Controller.Tests.Runs;

[TestFixture]
internal sealed class RunEngineTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task I_can_run_a_scenario_on_a_board_and_read_what_happened()
    {
        using var lab = new FakeLab(new FakeScenario(("netboot", BootAsync)), (0, "U-Boot 2023.01\r\n"), (5, "=> "));
        var (outcome, folder) = await lab.RunAsync(_folder.Root);
        var record = RunStore.Read(folder);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.Zero);
            Assert.That(record.Verdict, Is.EqualTo(Verdict.Pass));
            Assert.That(record.Stages.Single().Checks.Single().Evidence, Is.EqualTo((string[])["boards/replay-1/console.log"]));
            Assert.That(record.Phases.Single().Name, Is.EqualTo("firmware"));
            Assert.That(record.Facts["network"], Is.EqualTo("none"));
            Assert.That(File.ReadAllText(folder.PathOf("boards/replay-1/console.log")), Does.StartWith("U-Boot 2023.01\r\n"));
            Assert.That(File.ReadAllText(folder.PathOf("boards/replay-1/quote.bin")), Is.EqualTo("quote"));
            Assert.That(File.ReadAllText(folder.PathOf(RunFolder.HtmlFile)), Does.Contain("U-Boot 2023.01"));
            Assert.That(lab.Released, Is.True);
        });
    }

    [Test]
    public async Task A_run_leaves_its_trace_and_the_manifest_has_it()
    {
        using var lab = new FakeLab(new FakeScenario(("netboot", BootAsync)), (0, "U-Boot 2023.01\r\n"));
        var (outcome, folder) = await lab.RunAsync(_folder.Root);
        var manifest = RunJson.ReadManifest(folder.TryRead(RunFolder.ManifestFile)!)!;
        Assert.Multiple(() =>
        {
            Assert.That(
                File.ReadAllText(folder.PathOf(RunFolder.TraceFile)),
                Does.Contain($"\"traceId\":\"{TraceIds.OfRun(outcome.Record.Id)}\"").And.Contain("boot replay-1")
            );
            Assert.That(manifest.Files.Select(file => file.Path), Does.Contain(RunFolder.TraceFile));
        });
    }

    [Test]
    public async Task What_the_cluster_said_is_evidence()
    {
        var cluster = new ScriptedCluster();
        cluster.Say("/api/v1/events", SampleCluster.Event("Pod", "p", "Started", 9, "kubelet", "Started container"));
        using var lab = new FakeLab(new FakeScenario(("netboot", BootAsync)), (0, "U-Boot 2023.01\r\n")) { Services = [cluster] };
        var (_, folder) = await lab.RunAsync(_folder.Root);
        var manifest = RunJson.ReadManifest(folder.TryRead(RunFolder.ManifestFile)!)!;
        Assert.Multiple(() =>
        {
            Assert.That(KubernetesEventsFile.Read(folder).Events, Has.Count.EqualTo(1));
            Assert.That(manifest.Files.Select(file => file.Path), Does.Contain("services/cluster/events.json"));
            Assert.That(File.ReadAllText(folder.PathOf(RunFolder.TraceFile)), Does.Contain("Pod.Started"));
        });
    }

    [Test]
    public async Task The_manifest_has_all_that_the_services_left()
    {
        string[] left = ["services/http.jsonl", "services/cluster/etcd.log", "services/attestation/001-replay-1/quote.bin"];
        using var lab = new FakeLab(
            new FakeScenario(
                (
                    "netboot",
                    (context, token) =>
                    {
                        foreach (var file in left)
                            _folder.Write(file, file);
                        return BootAsync(context, token);
                    }
                )
            ),
            (0, "U-Boot 2023.01\r\n")
        );
        var (_, folder) = await lab.RunAsync(_folder.Root);
        var manifest = RunJson.ReadManifest(folder.TryRead(RunFolder.ManifestFile)!)!;
        Assert.That(manifest.Files.Select(file => file.Path), Is.SupersetOf(left));
        _folder.Write(left[1], "forged");
        File.Delete(folder.PathOf(left[2]));
        Assert.That(
            await RunFiles.FindChangesAsync(folder, manifest, default),
            Is.EquivalentTo((string[])[$"{left[1]} has changed", $"{left[2]} is gone"])
        );
    }

    [Test]
    public async Task The_manifest_tells_of_every_change_to_the_evidence()
    {
        using var lab = new FakeLab(new FakeScenario(("netboot", BootAsync)), (0, "U-Boot 2023.01\r\n"));
        var (_, folder) = await lab.RunAsync(_folder.Root);
        var manifest = RunJson.ReadManifest(folder.TryRead(RunFolder.ManifestFile)!)!;
        Assert.That(await RunFiles.FindChangesAsync(folder, manifest, default), Is.Empty);
        _folder.Write("boards/replay-1/quote.bin", "forged");
        _folder.Write("boards/replay-1/more.bin", "more");
        File.Delete(folder.PathOf(RunFolder.JUnitFile));
        Assert.That(
            await RunFiles.FindChangesAsync(folder, manifest, default),
            Is.EquivalentTo(
                (string[])
                    [
                        "junit.xml is gone",
                        "boards/replay-1/more.bin is not in the manifest",
                        "boards/replay-1/quote.bin has changed",
                    ]
            )
        );
    }

    private static IEnumerable<TestCaseData> Errors =>
        [
            new TestCaseData(new BoardException("the board hangs"), Verdict.Fail, 1).SetArgDisplayNames("a board's error"),
            new TestCaseData(
                new ConsoleTimeoutException("'login:' did not come", "console", []),
                Verdict.Fail,
                1
            ).SetArgDisplayNames("a silent board"),
            new TestCaseData(new LabException("dnsmasq died"), Verdict.LabError, 3).SetArgDisplayNames("the lab's error"),
            new TestCaseData(new InvalidOperationException("a bug"), Verdict.LabError, 3).SetArgDisplayNames("a bug"),
            new TestCaseData(new TaskCanceledException("some client's time-out"), Verdict.LabError, 3).SetArgDisplayNames(
                "a time-out that nobody asked for"
            ),
            new TestCaseData(new RigException("the board has no Tpm facet"), Verdict.Skipped, 2).SetArgDisplayNames(
                "a missing facet"
            ),
        ];

    [TestCaseSource(nameof(Errors))]
    public async Task An_error_ends_the_run_with_the_verdict_that_it_means(Exception error, Verdict verdict, int exitCode)
    {
        var reached = false;
        using var lab = new FakeLab(
            new FakeScenario(("one", (_, _) => throw error), ("two", (_, _) => Task.FromResult(reached = true))),
            (0, "hello\r\n")
        );
        var (outcome, _) = await lab.RunAsync(_folder.Root);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Record.Verdict, Is.EqualTo(verdict));
            Assert.That(outcome.ExitCode, Is.EqualTo(exitCode));
            Assert.That(outcome.Record.Stages.Single().Error, Does.Contain(error.Message));
            Assert.That(reached, Is.False);
            Assert.That(lab.Released, Is.True);
        });
    }

    [Test]
    public async Task A_check_that_does_not_hold_fails_its_stage_and_ends_the_run()
    {
        using var lab = new FakeLab(
            new FakeScenario(
                ("one", (context, _) => CheckAsync(context, holds: false)),
                ("two", (context, _) => CheckAsync(context, holds: true))
            )
        );
        var (outcome, _) = await lab.RunAsync(_folder.Root);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(1));
            Assert.That(
                outcome.Record.Stages.Select(stage => (stage.Name, stage.Verdict)),
                Is.EqualTo((object[])[("one", Verdict.Fail)])
            );
        });
    }

    [Test]
    public async Task A_board_that_lacks_a_facet_is_skipped_by_name_and_never_switched_on()
    {
        var scenario = new FakeScenario(("one", (_, _) => throw new InvalidOperationException("must not run")))
        {
            RequiredFacets = [typeof(IPower), typeof(ITpm)],
        };
        using var lab = new FakeLab(scenario);
        var (outcome, _) = await lab.RunAsync(_folder.Root);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Record.Verdict, Is.EqualTo(Verdict.Skipped));
            Assert.That(outcome.ExitCode, Is.Not.Zero);
            Assert.That(outcome.Record.Stages.Single().Error, Does.Contain("no Tpm facet"));
        });
    }

    [TestCase(typeof(LabException), 3)]
    [TestCase(typeof(RigException), 2)]
    public async Task A_lab_that_cannot_be_prepared_is_the_labs_fault(Type type, int exitCode)
    {
        var error = (Exception)Activator.CreateInstance(type, "swtpm is missing", null, null, null)!;
        using var lab = new FakeLab(new FakeScenario(("one", BootAsync))) { PrepareError = error };
        var (outcome, folder) = await lab.RunAsync(_folder.Root);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(exitCode));
            Assert.That(RunStore.Read(folder).Verdict, Is.EqualTo(Verdict.LabError));
            Assert.That(outcome.Record.Stages.Single().Name, Is.EqualTo(RunEngine.PrepareStage));
        });
    }

    [Test]
    public async Task A_cancelled_run_stops_the_board_and_is_nobodys_failure()
    {
        using var cancellation = new CancellationTokenSource();
        using var lab = new FakeLab(
            new FakeScenario(
                (
                    "one",
                    async (context, token) =>
                    {
                        await context.Board.Require<IPower>().OnAsync(token);
                        await cancellation.CancelAsync();
                        await context
                            .Board.Require<IConsole>()
                            .ExpectAsync(ConsolePattern.Literal("never"), 0, TimeSpan.FromMinutes(9), token);
                    }
                )
            )
        );
        var (outcome, _) = await lab.RunAsync(_folder.Root, cancellationToken: cancellation.Token);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(130));
            Assert.That(outcome.Record.Verdict, Is.EqualTo(Verdict.LabError));
            Assert.That(outcome.Record.Facts["cancelled"], Is.EqualTo("true"));
            Assert.That(lab.Released, Is.True);
        });
    }

    [Test]
    public async Task I_can_stop_after_a_stage()
    {
        using var lab = new FakeLab(
            new FakeScenario(
                ("one", (context, _) => CheckAsync(context, holds: true)),
                ("two", (context, _) => CheckAsync(context, holds: false))
            )
        );
        var (outcome, _) = await lab.RunAsync(_folder.Root, stopAfter: "one");
        Assert.That((outcome.ExitCode, outcome.Record.Stages.Count), Is.EqualTo((0, 1)));
    }

    [TestCase("later", "does not exist yet")]
    [TestCase("nonsense", "no stage")]
    public async Task I_cannot_stop_after_a_stage_that_is_not_there(string stage, string what)
    {
        using var lab = new FakeLab(new FakeScenario(("one", BootAsync)));
        var error = await Assert.ThrowsAsync<RigException>(() => lab.RunAsync(_folder.Root, stopAfter: stage));
        Assert.That(error!.Message, Does.Contain(what).And.Contain("one of: one"));
    }

    [Test]
    public async Task The_record_of_an_attack_names_who_must_refuse_and_why()
    {
        using var lab = new FakeLab(new FakeScenario(("one", (context, _) => CheckAsync(context, holds: true))));
        var (_, folder) = await lab.RunAsync(_folder.Root, attack: true);
        var record = RunStore.Read(folder);
        Assert.Multiple(() =>
        {
            Assert.That(record.Attack, Is.EqualTo("swap"));
            Assert.That(record.Facts["attack.refusing-stage"], Is.EqualTo("one"));
            Assert.That(record.Facts["attack.refusal-code"], Is.EqualTo("digest-mismatch"));
        });
    }

    [Test]
    public async Task Evidence_cannot_be_put_outside_the_runs_folder()
    {
        using var lab = new FakeLab(
            new FakeScenario(("one", (context, token) => context.Recorder.KeepAsync("../../../escaped", new byte[1], token)))
        );
        var (outcome, _) = await lab.RunAsync(Path.Combine(_folder.Root, "out"));
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(3));
            Assert.That(File.Exists(Path.Combine(_folder.Root, "escaped")), Is.False);
        });
    }

    [Test]
    public async Task A_folder_is_taken_over_from_a_past_run_but_not_from_one_under_way()
    {
        using var lab = new FakeLab(new FakeScenario(("one", BootAsync)), (0, "U-Boot 2023.01\r\n"));
        await lab.RunAsync(_folder.Root);
        _folder.Write("mine.txt", "not the lab's");
        _folder.Write("boards/replay-1/stale.bin", "of the past run");
        using (RunFolder.Create(_folder.Root))
        {
            Assert.That(
                () => RunFolder.Create(_folder.Root),
                Throws.InstanceOf<RigException>().With.Message.Contains("another run")
            );
            Assert.That(
                Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
                Is.EquivalentTo((string[])["mine.txt", ".hwlab-lock"])
            );
        }
    }

    private static async Task BootAsync(RunContext context, CancellationToken cancellationToken)
    {
        context.Recorder.PoweredOn(context.Time.GetUtcNow());
        await context.Board.Require<IPower>().OnAsync(cancellationToken);
        var console = context.Board.Require<IConsole>();
        var match = await console.ExpectAsync(
            ConsolePattern.Literal("U-Boot 2023.01"),
            0,
            TimeSpan.FromMinutes(1),
            cancellationToken
        );
        context.Recorder.Phase("firmware", match.ReceivedAt);
        await context.Recorder.KeepAsync("quote.bin", "quote"u8.ToArray(), cancellationToken);
        context.Recorder.Check("the firmware starts", holds: true, match.Text, "console.log");
    }

    private static Task CheckAsync(RunContext context, bool holds)
    {
        context.Recorder.Check("a claim", holds, "seen");
        return Task.CompletedTask;
    }
}
