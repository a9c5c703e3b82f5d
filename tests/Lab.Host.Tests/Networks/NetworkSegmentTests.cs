using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Host.Storage;

namespace Lab.Host.Tests.Networks;

[Category("RealParts")]
internal sealed class NetworkSegmentTests
{
    private string _folder = "";
    private ProcessOwner _owner = null!;

    [SetUp]
    public async Task Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("hwlab-test-").FullName;
        _owner = ProcessOwner.Open(new LabFolders(_folder, Path.Combine(_folder, "state"), _folder), TimeProvider.System);
        if (await NetworkSegment.FindObstacleAsync(_owner, CancellationToken.None) is { } obstacle)
            Assert.Ignore(obstacle);
    }

    [TearDown]
    public async Task CleanUp()
    {
        await _owner.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task A_segment_has_the_labs_address_and_its_ports_and_the_host_sees_nothing_of_it()
    {
        var before = await ListInterfacesAsync(Cli.Wrap(HostTools.Require("ip")).WithArguments(["-brief", "address"]));
        await using var segment = await NetworkSegment.CreateAsync(_owner);
        await segment.AddTapAsync("tap0", CancellationToken.None);

        var inside = await ListInterfacesAsync(segment.WrapCommand(Cli.Wrap("ip").WithArguments(["-brief", "address"])));

        Assert.That(inside, Does.Contain("br0").And.Contain("10.0.2.2/24").And.Contain("tap0"));
        Assert.That(
            await ListInterfacesAsync(Cli.Wrap(HostTools.Require("ip")).WithArguments(["-brief", "address"])),
            Is.EqualTo(before)
        );
    }

    [Test]
    public async Task A_way_into_it_that_is_lost_is_told()
    {
        await using var segment = await NetworkSegment.CreateAsync(_owner);
        var way = await segment.OfferAsync(6443, Path.Combine(_folder, "way"), CancellationToken.None);
        Assert.That(segment.Failed.IsCompleted, Is.False);

        await way.KillAsync();

        Assert.That((await segment.Failed)?.Message, Does.Contain("socat").And.Contain("start the run again"));
    }

    [Test]
    public async Task A_segment_that_is_taken_down_has_not_failed()
    {
        var segment = await NetworkSegment.CreateAsync(_owner);
        await segment.OfferAsync(6443, Path.Combine(_folder, "way"), CancellationToken.None);

        await segment.DisposeAsync();

        Assert.That(await segment.Failed, Is.Null);
    }

    [Test]
    public async Task Two_segments_with_the_same_address_do_not_meet()
    {
        await using var first = await NetworkSegment.CreateAsync(_owner);
        await using var second = await NetworkSegment.CreateAsync(_owner);
        await first.AddTapAsync("tap0", CancellationToken.None);

        await second.AddTapAsync("tap0", CancellationToken.None);

        Assert.That(first.EnterPrefix, Is.Not.EqualTo(second.EnterPrefix));
    }

    [Test]
    public async Task A_port_of_the_segment_reaches_a_unix_socket_of_the_controller()
    {
        RequireTool("socat");
        await using var segment = await NetworkSegment.CreateAsync(_owner);
        var path = Path.Combine(_folder, "services");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        await segment.ForwardAsync(8080, path, CancellationToken.None);

        var client = segment
            .WrapCommand(Cli.Wrap("socat").WithArguments(["-", "TCP4:10.0.2.2:8080"]))
            .WithStandardInputPipe(PipeSource.FromString("ping"))
            .ExecuteBufferedAsync();
        using var connection = await listener.AcceptAsync();
        var buffer = new byte[4];
        Assert.That(await connection.ReceiveAsync(buffer), Is.EqualTo(4));
        await connection.SendAsync("pong"u8.ToArray());
        connection.Shutdown(SocketShutdown.Both);

        Assert.That((await client).StandardOutput, Is.EqualTo("pong"));
    }

    private static async Task<string> ListInterfacesAsync(Command command) =>
        (await command.ExecuteBufferedAsync()).StandardOutput;

    private static void RequireTool(string name)
    {
        if (HostTools.Find(name) is null)
            Assert.Ignore($"{name} is not installed");
    }
}
