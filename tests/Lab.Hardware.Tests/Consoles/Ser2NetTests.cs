using System.Net;
using System.Net.Sockets;
using Lab.Hardware.Consoles;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Hardware.Tests.Consoles;

/// <summary>The real console server, in each protocol that it speaks.</summary>
[TestFixture("tcp", "tcp")]
[TestFixture("telnet", "telnet,tcp")]
[TestFixture("rfc2217", "telnet(rfc2217),tcp")]
internal sealed class Ser2NetTests(string driver, string accepter) : WiredConsoleContract
{
    private int _port;
    private Peer? _server;

    [OneTimeSetUp]
    public async Task StartServerAsync()
    {
        _port = Peer.FreePort();
        var configuration = Path.Combine(Folder, "ser2net.yaml");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            connection: &board
              accepter: {accepter},127.0.0.1,{_port}
              connector: serialdev,{Port},115200n81,local
              options:
                kickolduser: true
                banner: {(driver == "rfc2217" ? "''" : "opened")}

            """
        );
        _server = await Peer.StartAsync(_port, "ser2net", "-n", "-u", "-c", configuration);
    }

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Test]
    public async Task A_console_server_that_hangs_up_is_the_labs_fault()
    {
        await Board.Require<IPower>().OnAsync(default);
        var match = await Board.Require<IConsole>().ExpectAsync(Greeting, 0, Patience, default);
        var waiting = Board.Require<IConsole>().ExpectAsync(ConsolePattern.Literal("never"), match.End, Patience, default);
        // ser2net serves the newer of two users and drops the older.
        using var other = new TcpClient();
        await other.ConnectAsync(IPAddress.Loopback, _port);
        var error = await Assert.ThrowsAsync<LabException>(() => waiting);
        Assert.That(error!.Message, Does.Contain("line was lost").And.Contain($"127.0.0.1:{_port}"));
    }

    [Test]
    public async Task A_break_can_be_sent_where_the_protocol_has_one()
    {
        var line = Board.Require<ILineControl>();
        if (driver == "tcp")
        {
            var error = await Assert.ThrowsAsync<LabException>(() => line.SendBreakAsync(TimeSpan.FromMilliseconds(1), default));
            Assert.That(error!.What, Does.Contain("no break"));
        }
        else
        {
            await line.SendBreakAsync(TimeSpan.FromMilliseconds(1), default);
        }
    }

    protected override ConsoleSettings Wire() =>
        driver == "rfc2217"
            ? Sections.Console(driver, ("address", $"127.0.0.1:{_port}"), ("speed", "57600"))
            : Sections.Console(driver, ("address", $"127.0.0.1:{_port}"), ("ready", "opened"));
}
