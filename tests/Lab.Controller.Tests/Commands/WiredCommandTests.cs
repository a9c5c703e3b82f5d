using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Lab.Controller.Commands;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using NUnit.Framework;

namespace Lab.Controller.Tests.Commands;

/// <summary>The commands for real boards, on one whose power is a file and whose console is a program.</summary>
[TestFixture]
internal sealed class WiredCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeRack()
    {
        _folder = new TemporaryFolder();
        var relay = Path.Combine(_folder.Root, "relay");
        _folder.Write(
            "rigs/rack.yaml",
            $$"""
            rig: rack
            boards:
              - name: pi-1
                driver: wired
                mac: "02:00:00:00:00:01"
                power: { driver: command, on: [touch, "{{relay}}"], off: [rm, -f, "{{relay}}"], status: [test, -e, "{{relay}}"], off-time: 0 }
                console: { driver: command, run: cat }
              - name: pi-2
                driver: wired
                mac: "02:00:00:00:00:02"
                power: { driver: command, on: "true", off: "true", status: ["false", stuck], off-time: 0, deadline: 0.1 }
              - { name: pi-3, driver: wired, mac: "02:00:00:00:00:03", power: { driver: command, on: "true", off: "true", status: [sh, -c, exit 7] } }
            """
        );
    }

    [TearDown]
    public void RemoveRack() => _folder.Dispose();

    [Test]
    public async Task I_can_switch_a_board_by_hand_and_read_back_what_it_is()
    {
        var states = new List<string>();
        foreach (var verb in (string[])["status", "on", "status", "cycle", "off", "status"])
        {
            var (code, output, error) = await InvokeAsync(["power", verb, "pi-1", "--rig", "rack", "--json"]);
            Assert.That(code, Is.Zero, error);
            states.Add(JsonDocument.Parse(output).RootElement.GetProperty("state").GetString()!);
        }

        Assert.That(states, Is.EqualTo((string[])["off", "on", "on", "on", "off", "off"]));
    }

    [Test]
    public async Task A_relay_that_does_not_follow_is_a_lab_error_with_its_place_in_the_rig()
    {
        var (code, _, error) = await InvokeAsync(["power", "on", "pi-2", "--rig", "rack"]);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(3));
            Assert.That(error, Does.Contain("rack.yaml:11:").And.Contain("still says that it is off").And.Contain("pi-2"));
        });
    }

    [Test]
    public async Task A_state_that_cannot_be_read_is_unknown_and_never_off()
    {
        var (code, output, error) = await InvokeAsync(["power", "status", "pi-3", "--rig", "rack"]);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(3));
            Assert.That(output, Does.StartWith("pi-3: unknown"));
            Assert.That(error, Does.Contain("exit code 7"));
        });
    }

    [Test]
    public async Task I_can_pipe_into_a_console_and_wait_for_an_answer()
    {
        var (code, output, error) = await InvokeAsync(["console", "pi-1", "--rig", "rack", "--until", "uname"], "uname -a\n");
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero, error);
            Assert.That(output, Does.Contain("uname -a"));
        });
    }

    [Test]
    public async Task An_answer_that_does_not_come_ends_with_1()
    {
        var (code, _, error) = await InvokeAsync(
            ["console", "pi-1", "--rig", "rack", "--until", "login:", "--timeout", "0.05"],
            "hello\n"
        );
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(1));
            Assert.That(error, Does.Contain("'login:' did not come"));
        });
    }

    [Test]
    public async Task What_a_board_said_is_kept_and_shown_to_the_next_one_who_looks()
    {
        await InvokeAsync(["console", "pi-1", "--rig", "rack", "--until", "two"], "one\ntwo\n");
        var (_, output, _) = await InvokeAsync(
            ["console", "pi-1", "--rig", "rack", "--history", "1", "--until", "three"],
            "three\n"
        );
        Assert.That(output, Does.StartWith("two\n").And.Contain("three").And.Not.Contain("one"));
    }

    [Test]
    public async Task A_person_types_and_leaves_by_the_escape_key()
    {
        var (code, output, error) = await InvokeAsync(["console", "pi-1", "--rig", "rack"], "\u001dc\u001dq", isTerminal: true);
        var (_, status, _) = await InvokeAsync(["power", "status", "pi-1", "--rig", "rack"]);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero, error);
            Assert.That(output, Does.Contain("Ctrl-]").And.Contain("power is on"));
            Assert.That(status, Does.StartWith("pi-1: on"));
        });
    }

    [Test]
    public async Task A_leased_board_is_refused_to_others_until_its_owner_ends()
    {
        using var owner = Process.Start("sleep", "infinity");
        var (taken, _, _) = await InvokeAsync([
            "lease",
            "take",
            "pi-1",
            "--rig",
            "rack",
            "--for",
            "5m",
            "--owner",
            $"{owner.Id}",
        ]);
        var (_, list, _) = await InvokeAsync(["lease", "list", "--rig", "rack", "--json"]);
        var (refused, _, error) = await InvokeAsync(["power", "on", "pi-1", "--rig", "rack"]);
        var (console, _, _) = await InvokeAsync(["console", "pi-1", "--rig", "rack"]);
        var (released, _, _) = await InvokeAsync(["lease", "release", "pi-1", "--rig", "rack"]);
        owner.Kill();
        owner.WaitForExit();
        var (after, _, _) = await InvokeAsync(["power", "on", "pi-1", "--rig", "rack"]);
        var lease = JsonDocument.Parse(list).RootElement.GetProperty("leases")[0];
        Assert.Multiple(() =>
        {
            Assert.That((taken, refused, console, released, after), Is.EqualTo((0, 3, 3, 3, 0)));
            Assert.That(error, Does.Contain("pi-1 is in use").And.Contain($"{owner.Id}"));
            Assert.That(lease.GetProperty("name").GetString(), Is.EqualTo("pi-1"));
            Assert.That(lease.GetProperty("process").GetInt32(), Is.EqualTo(owner.Id));
        });
    }

    [Test]
    public async Task Doctor_says_of_each_board_what_it_hangs_on_and_what_is_wrong_with_it()
    {
        var (code, output, _) = await InvokeAsync(["doctor", "--rig", "rack", "--json"]);
        var checks = JsonDocument
            .Parse(output)
            .RootElement.GetProperty("checks")
            .EnumerateArray()
            .ToDictionary(check => check.GetProperty("name").GetString()!, StringComparer.Ordinal);
        string State(string name) => checks[name].GetProperty("state").GetString()!;
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(3));
            Assert.That(State("network"), Is.EqualTo("missing"));
            Assert.That(State("pi-1 power"), Is.EqualTo("has"));
            Assert.That(State("pi-1 console"), Is.EqualTo("has"));
            Assert.That(State("pi-1 training"), Is.EqualTo("never"));
            Assert.That(State("pi-3 power"), Is.EqualTo("unusable"));
            Assert.That(
                checks["pi-3 power"].GetProperty("detail").GetString(),
                Does.Contain("rack.yaml:").And.Contain("exit code 7")
            );
        });
    }

    [Test]
    public async Task Doctor_looks_at_the_whole_rack_of_raspberry_pis_though_nothing_of_it_is_here()
    {
        var rack = Path.Combine(Checkout.Root, "rigs", "raspi4-rack.yaml");
        var (code, output, error) = await InvokeAsync(["doctor", "--rig", rack]);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(3));
            Assert.That(output, Does.Match(@"✓\s+rig\s+has").And.Contain("HWLAB_SHELLY_PASSWORD").And.Contain("pi-4 console"));
            Assert.That(error, Is.Empty);
        });
    }

    [Test]
    public async Task A_real_board_that_was_never_trained_is_marked_and_not_handed_out()
    {
        var (_, boards, _) = await InvokeAsync(["list", "boards", "--rig", "rack"]);
        Assert.That(boards, Does.Match(@"pi-1\s+wired\s+-\s+-\s+no\s+never trained"));
    }

    [TestCase("power on pi-9", "no board 'pi-9'")]
    [TestCase("power on virt-1 --rig bench", "is virtual")]
    [TestCase("console pi-2", "has no console")]
    [TestCase("console pi-1 --name bmc", "no console 'bmc'")]
    [TestCase("lease take pi-1 --for ever", "no time for a lease")]
    [TestCase("lease take pi-1 --owner 999999999", "no process 999999999")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong(string line, string what)
    {
        _folder.Write("rigs/bench.yaml", "rig: bench\nboards: [{ name: virt-1, driver: qemu-virt }]\n");
        string[] rig = line.Contains("--rig", StringComparison.Ordinal) ? [] : ["--rig", "rack"];
        var (code, _, error) = await InvokeAsync([.. line.Split(' '), .. rig]);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(2), error);
            Assert.That(error, Does.Contain(what));
        });
    }

    private async Task<(int Code, string Output, string Error)> InvokeAsync(
        string[] arguments,
        string input = "",
        bool isTerminal = false
    )
    {
        using var raw = new MemoryStream();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new LabEnvironment
        {
            Output = output,
            Error = error,
            Input = new Lazy<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(input))),
            RawOutput = new Lazy<Stream>(raw),
            IsInputTerminal = isTerminal,
            Folders = new LabFolders(
                Path.Combine(_folder.Root, "cache"),
                Path.Combine(_folder.Root, "state"),
                Path.GetTempPath()
            ),
            RigFolders = [Path.Combine(_folder.Root, "rigs")],
            Wiring = new Lazy<ILabWiring>(() => throw new InvalidOperationException("no run is made here")),
        };
        var code = await CommandLine.InvokeAsync(arguments, environment, default);
        return (code, output + Encoding.UTF8.GetString(raw.ToArray()), error.ToString());
    }
}
