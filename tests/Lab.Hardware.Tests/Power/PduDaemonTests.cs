using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Testing.Contracts;

namespace Lab.Hardware.Tests.Power;

/// <summary>The power contract against the real PDUDaemon, whose strip is a file here.</summary>
[TestFixture]
internal sealed class PduDaemonTests : PowerContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");
    private readonly int _port = Peer.FreePort();
    private Peer? _daemon;

    private string Strip => Path.Combine(_folder.FullName, "strip");

    [OneTimeSetUp]
    public async Task StartDaemonAsync()
    {
        var configuration = Path.Combine(_folder.FullName, "pdudaemon.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            {
              "daemon": { "hostname": "127.0.0.1", "port": {{_port}}, "logging_level": "INFO", "listener": "http" },
              "pdus": { "strip": { "driver": "localcmdline", "cmd_on": "echo %s on > {{Strip}}", "cmd_off": "echo %s off > {{Strip}}" } }
            }
            """
        );
        _daemon = await Peer.StartAsync(
            _port,
            "pdudaemon",
            "--conf",
            configuration,
            "--logfile",
            Path.Combine(_folder.FullName, "log")
        );
    }

    [OneTimeTearDown]
    public async Task StopDaemonAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task The_daemon_really_switches()
    {
        await Board.Require<IPower>().OnAsync(default);
        Assert.That(await File.ReadAllTextAsync(Strip), Is.EqualTo("5 on\n"));
        await Board.Require<IPower>().CutAsync(default);
        Assert.That(await File.ReadAllTextAsync(Strip), Is.EqualTo("5 off\n"));
    }

    [Test]
    public async Task A_strip_that_the_daemon_does_not_know_is_an_error()
    {
        await using var board = await Sections.LookAtAsync(Wire("other"));
        var error = await Assert.ThrowsAsync<LabException>(() => board.Require<IPower>().OnAsync(default));
        Assert.That(error!.Message, Does.Contain("HTTP 500").And.Contain("other"));
    }

    protected override Task<Board> OpenAsync(CancellationToken cancellationToken) => Sections.OpenAsync(Wire("strip"));

    private PowerSettings Wire(string pdu) =>
        Sections.Power("pdudaemon", ("address", $"127.0.0.1:{_port}"), ("pdu", pdu), ("outlet", "5"));
}
