using System.Net.Sockets;
using Lab.Hardware.Power;
using Lab.Hardware.Power.Snmp;
using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Testing.Contracts;

namespace Lab.Hardware.Tests.Power;

/// <summary>The power contract against Debian's own agent, made to keep an outlet of each model.</summary>
[TestFixture("apc")]
[TestFixture("apc-rpdu")]
[TestFixture("poe")]
[TestFixture(null)]
internal sealed class SnmpTests(string? model) : PowerContract
{
    private const string OtherOid = "1.3.6.1.4.1.99999.1.2.3";
    private const string OtherStatus = "1.3.6.1.4.1.99999.1.2.4";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");
    private readonly int _port = Peer.FreePort(ProtocolType.Udp);
    private Peer? _agent;

    private string Community => Path.Combine(_folder.FullName, "community");

    [OneTimeSetUp]
    public async Task StartAgentAsync()
    {
        var oid = model is null ? OtherOid : string.Format(SnmpModel.All.Single(known => known.Name == model).Control, 3);
        var configuration = Path.Combine(_folder.FullName, "snmpd.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            agentaddress udp:127.0.0.1:{_port}
            rwcommunity rack 127.0.0.1
            rocommunity public 127.0.0.1
            override -rw .{oid} integer {(model is null ? 6 : 2)}
            override -rw .{OtherStatus} integer 9
            [snmp] persistentDir {_folder.FullName}

            """
        );
        await File.WriteAllTextAsync(Community, "rack");
        _agent = await Peer.StartAsync("NET-SNMP version", "snmpd", "-f", "-Lo", "-C", "-c", configuration);
    }

    [OneTimeTearDown]
    public async Task StopAgentAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task An_outlet_that_the_agent_does_not_have_is_named_by_its_OID()
    {
        await using var board = await Sections.LookAtAsync(Wire(("oid", OtherOid + ".77")));
        var reading = await board.Require<OutletPower>().ReadAsync(default);
        Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
        Assert.That(reading.Fault?.Message, Does.Contain(OtherOid + ".77").And.Contain("rack.yaml:7:5"));
    }

    [TestCase("9", "8", PowerState.On)]
    [TestCase("8", "9", PowerState.Off)]
    [TestCase("7", "8", PowerState.Unknown)]
    public async Task A_state_may_have_an_OID_and_values_of_its_own(string isOn, string isOff, PowerState state)
    {
        await using var board = await Sections.LookAtAsync(
            Wire(("oid", OtherOid), ("status-oid", OtherStatus), ("on-status", isOn), ("off-status", isOff))
        );
        Assert.That(await board.Require<IPower>().GetStatusAsync(default), Is.EqualTo(state));
    }

    [Test]
    public async Task A_community_that_may_only_read_is_refused()
    {
        await File.WriteAllTextAsync(Community + ".public", "public");
        await using var board = await Sections.LookAtAsync(Wire(("oid", OtherOid), ("community", $"file:{Community}.public")));
        var error = await Assert.ThrowsAsync<LabException>(() => board.Require<IPower>().OnAsync(default));
        Assert.That(
            error!.What,
            Does.Contain("refuses to set").And.Contain("noAccess").Or.Contain("notWritable").Or.Contain("no number")
        );
    }

    [Test]
    public async Task An_agent_that_does_not_answer_leaves_the_state_unknown_at_the_deadline()
    {
        await File.WriteAllTextAsync(Community + ".wrong", "guess");
        await using var board = await Sections.LookAtAsync(
            Wire(("oid", OtherOid), ("community", $"file:{Community}.wrong"), ("deadline", "0.5"))
        );
        var reading = await board.Require<OutletPower>().ReadAsync(default);
        Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
        Assert.That(reading.Fault?.What, Does.Contain("did not answer within 0.5 s"));
    }

    [Test]
    public async Task Nobody_at_the_port_leaves_the_state_unknown_at_once()
    {
        var settings = Sections.Power(
            "snmp",
            ("address", $"127.0.0.1:{Peer.FreePort(ProtocolType.Udp)}"),
            ("oid", OtherOid),
            ("deadline", "100")
        );
        await using var board = await Sections.LookAtAsync(settings);
        var reading = await board.Require<OutletPower>().ReadAsync(default);
        Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
        Assert.That(reading.Fault?.What, Does.Contain("refused"));
    }

    protected override Task<Board> OpenAsync(CancellationToken cancellationToken) =>
        Sections.OpenAsync(
            model is null
                ? Wire(("oid", OtherOid), ("on-value", "5"), ("off-value", "6"))
                : Wire(("model", model), ("outlet", "3"))
        );

    private PowerSettings Wire(params (string Key, string Value)[] values)
    {
        (string Key, string Value)[] address = [("address", $"127.0.0.1:{_port}")];
        (string Key, string Value)[] community = values.Any(value => value.Key == "community")
            ? []
            : [("community", "file:" + Community)];
        return Sections.Power("snmp", [.. address, .. community, .. values]);
    }
}
