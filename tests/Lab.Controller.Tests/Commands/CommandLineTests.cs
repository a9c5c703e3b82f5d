using System.Text.Json;
using Lab.Controller.Commands;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;
using NUnit.Framework;

namespace Lab.Controller.Tests.Commands;

[TestFixture]
internal sealed class CommandLineTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _folder.Write("rigs/bench.yaml", FakeLab.RigText);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("scenarios")]
    [TestCase("attacks")]
    [TestCase("rigs")]
    [TestCase("runs")]
    [TestCase("boards")]
    public async Task A_list_is_an_object_with_the_nouns(string nouns)
    {
        string[] rig = nouns == "boards" ? ["--rig", "bench"] : [];
        var (code, output, _) = await InvokeAsync(new FakeLab(Hello()), ["list", nouns, "--json", .. rig]);
        var list = JsonDocument.Parse(output).RootElement.GetProperty(nouns);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero);
            Assert.That(list.EnumerateArray().All(item => item.GetProperty("name").GetString()!.Length > 0), Is.True);
            Assert.That(list.GetArrayLength(), Is.EqualTo(nouns == "runs" ? 0 : 1));
        });
    }

    [Test]
    public async Task The_list_of_scenarios_names_their_stages()
    {
        var (_, text, _) = await InvokeAsync(new LabWiring(LabFolders.FromEnvironment()), ["list", "scenarios"]);
        var (_, json, _) = await InvokeAsync(new LabWiring(LabFolders.FromEnvironment()), ["list", "scenarios", "--json"]);
        var stages = JsonDocument.Parse(json).RootElement.GetProperty("scenarios")[0].GetProperty("stages").EnumerateArray();
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain("gitops-sync").And.Not.Contain("does not exist yet"));
            Assert.That(
                stages.Select(stage => stage.GetProperty("name").GetString()),
                Is.EqualTo((string[])["netboot", "measured-boot", "attestation", "cluster-join", "gitops-sync"])
            );
        });
    }

    [TestCase("frobnicate", "frobnicate")]
    [TestCase("list", "list --help")]
    [TestCase("run", "Required argument")]
    [TestCase("run fake --frob", "--frob")]
    [TestCase("run nonsense --rig bench", "no scenario 'nonsense'")]
    [TestCase("run fake --rig nowhere", "no such rig file")]
    [TestCase("run fake --rig bench --board virt-9", "no board 'virt-9'")]
    [TestCase("run fake --rig bench --attack nonsense", "no attack 'nonsense'")]
    [TestCase("run fake --rig bench --stop-after later", "does not exist yet")]
    [TestCase("run attacks --rig bench --attack swap", "--attack")]
    [TestCase("run attacks --rig bench --stop-after one", "--stop-after")]
    [TestCase("run attacks --rig bench --board virt-9", "no board 'virt-9'")]
    [TestCase("report nothing", "no such run")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong(string line, string what)
    {
        var (code, output, error) = await InvokeAsync(new FakeLab(Hello()), line.Split(' '));
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(2));
            Assert.That(output, Is.Empty);
            Assert.That(error, Does.StartWith("hwlab: ").And.Contain(what));
        });
    }

    [Test]
    public async Task I_can_run_a_scenario_and_then_list_report_and_verify_the_run()
    {
        var (code, output, _) = await InvokeAsync(new FakeLab(Hello(), (0, "hello\r\n")), ["run", "fake", "--rig", "bench"]);
        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("✓ pass"));
        var (_, runs, _) = await InvokeAsync(new FakeLab(Hello()), ["list", "runs"]);
        var (_, html, _) = await InvokeAsync(new FakeLab(Hello()), ["report", "last"]);
        var (_, junit, _) = await InvokeAsync(new FakeLab(Hello()), ["report", "last", "--format", "junit"]);
        var (_, trace, _) = await InvokeAsync(new FakeLab(Hello()), ["report", "last", "--format", "otlp"]);
        var (verified, _, _) = await InvokeAsync(new FakeLab(Hello()), ["verify", "last"]);
        Assert.Multiple(() =>
        {
            Assert.That(runs, Does.Contain("fake").And.Contain("pass"));
            Assert.That(html, Does.StartWith("<!doctype html>"));
            Assert.That(junit, Does.Contain("<testsuites"));
            Assert.That(JsonDocument.Parse(trace).RootElement.GetProperty("resourceSpans").GetArrayLength(), Is.Positive);
            Assert.That(verified, Is.Zero);
        });
        File.AppendAllText(Directory.EnumerateFiles(_folder.Root, "console.log", SearchOption.AllDirectories).Single(), "forged");
        var (forged, changes, _) = await InvokeAsync(new FakeLab(Hello()), ["verify", "last", "--json"]);
        Assert.Multiple(() =>
        {
            Assert.That(forged, Is.EqualTo(1));
            Assert.That(changes, Does.Contain("console.log has changed"));
        });
    }

    [Test]
    public async Task I_can_run_all_attacks_and_see_the_matrix()
    {
        var outFolder = Path.Combine(_folder.Root, "out");
        var lab = new FakeLab(Hello(), (0, "hello\r\n"));
        var (code, output, _) = await InvokeAsync(lab, ["run", "attacks", "--rig", "bench", "--out", outFolder]);
        Assert.Multiple(() =>
        {
            // Nothing refuses in this lab, so the attack fails although its run passed.
            Assert.That(code, Is.EqualTo(1), output);
            Assert.That(output, Does.Contain("MUST BE REFUSED AT").And.Contain("0 of 1 attacks refused"));
            Assert.That(File.ReadAllText(Path.Combine(outFolder, "attacks", "swap", "run.json")), Does.Contain("\"pass\""));
        });
    }

    [Test]
    public async Task Out_holds_the_files_directly()
    {
        var outFolder = Path.Combine(_folder.Root, "out");
        var (code, output, _) = await InvokeAsync(
            new FakeLab(Hello(), (0, "hello\r\n")),
            ["run", "fake", "--rig", "bench", "--out", outFolder, "--json"]
        );
        string[] files =
        [
            "run.json",
            "report.html",
            "junit.xml",
            "trace.otlp.json",
            "manifest.json",
            "hwlab.log",
            "boards/replay-1/console.log",
        ];
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero);
            Assert.That(files.Select(file => Path.Combine(outFolder, file)), Has.All.Exist);
            Assert.That(
                output
                    .TrimEnd()
                    .Split('\n')
                    .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString())
                    .Last(),
                Is.EqualTo("run-ended")
            );
        });
    }

    [Test]
    public async Task A_rig_that_is_wrong_is_listed_as_such()
    {
        _folder.Write("rigs/broken.yaml", "rig: broken\nbords: []\n");
        var (code, output, _) = await InvokeAsync(new FakeLab(Hello()), ["list", "rigs"]);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero);
            Assert.That(output, Does.Contain("broken.yaml:2:1"));
        });
    }

    private static FakeScenario Hello() =>
        new(
            (
                "one",
                async (RunContext context, CancellationToken token) =>
                {
                    await context.Board.Require<IPower>().OnAsync(token);
                    var match = await context
                        .Board.Require<IConsole>()
                        .ExpectAsync(ConsolePattern.Literal("hello"), 0, TimeSpan.FromMinutes(1), token);
                    context.Recorder.Check("the board greets", holds: true, match.Text, "console.log");
                }
            )
        );

    private async Task<(int Code, string Output, string Error)> InvokeAsync(ILabWiring lab, string[] arguments)
    {
        using var owned = lab as IDisposable;
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new LabEnvironment
        {
            Output = output,
            Error = error,
            Folders = new LabFolders(
                Path.Combine(_folder.Root, "cache"),
                Path.Combine(_folder.Root, "state"),
                Path.GetTempPath()
            ),
            RigFolders = [Path.Combine(_folder.Root, "rigs")],
            Wiring = new Lazy<ILabWiring>(() => lab),
        };
        return (await CommandLine.InvokeAsync(arguments, environment, default), output.ToString(), error.ToString());
    }
}
