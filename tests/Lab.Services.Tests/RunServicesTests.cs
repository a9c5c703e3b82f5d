using System.Globalization;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Model.Services;
using Lab.Services.Netboot;
using Lab.Services.Registry;
using Lab.Services.Tests.Attestation;
using Lab.Services.Tests.Netboot;
using Lab.Services.Tuf;

namespace Lab.Services.Tests;

/// <summary>All services of a run together, as the controller starts them.</summary>
public sealed class RunServicesTests
{
    private const string Mac = "52-54-00-12-34-56";

    private TestLab _lab = null!;
    private byte[] _uki = null!;

    [SetUp]
    public void SetUp()
    {
        _lab = new TestLab();
        _uki = TestLab.Noise(200_000);
    }

    [TearDown]
    public async Task TearDown() => await _lab.DisposeAsync();

    [Test]
    public async Task On_the_user_network_everything_is_behind_one_port()
    {
        await using (var services = await StartAsync(null))
        {
            using var client = new HttpClient { BaseAddress = services.HostOrigin };
            var set = new ServiceSet(services.All);

            Assert.That(services.BoardOrigin, Is.EqualTo(new Uri($"http://10.0.2.2:{services.HostOrigin.Port}")));
            Assert.That(await client.GetByteArrayAsync("/files/uki.efi"), Is.EqualTo(_uki));
            Assert.That(await File.ReadAllBytesAsync(Path.Combine(services.FilesFolder, "uki.efi")), Is.EqualTo(_uki));
            var digest = await set.Require<ITufRepository>().GetTargetDigestAsync("os/edge-node", default);
            Assert.That((await client.GetAsync($"/v2/edge-node/manifests/{digest}")).IsSuccessStatusCode, Is.True);
            Assert.That(set.Require<IAttestation>().ReferenceValues.Keys, Is.EqualTo([0, 4, 8]));
            Assert.That((await client.GetAsync("/tuf/metadata/../keys/root-1.pem")).IsSuccessStatusCode, Is.False);

            await set.Require<INetboot>().PublishAsync("uki.efi", new byte[] { 7 }, default);
            Assert.That(await client.GetByteArrayAsync("/files/uki.efi"), Is.EqualTo(new byte[] { 7 }));
        }
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_lab.RigState, "runs")), Is.Empty);
        Assert.That(File.Exists(_lab.PathOf("run/services/http.jsonl")), Is.True);
    }

    [Test]
    public async Task I_can_push_with_the_runs_login_file_which_only_I_can_read()
    {
        await using var services = await StartAsync(null);
        var path = Directory
            .GetFiles(Path.Combine(_lab.RigState, "runs"), "registry-login.json", SearchOption.AllDirectories)
            .Single();
        using var login = JsonDocument.Parse(await File.ReadAllTextAsync(path));
        var (authority, entry) = login
            .RootElement.GetProperty("auths")
            .EnumerateObject()
            .Select(one => (one.Name, one.Value))
            .Single();
        using var client = new HttpClient { BaseAddress = new Uri($"http://{authority}") };
        client.DefaultRequestHeaders.Authorization = new("Basic", entry.GetProperty("auth").GetString());

        var answer = await client.PostAsync("/v2/mine/blobs/uploads/", null);

        Assert.That(answer.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.Accepted));
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task Two_runs_of_a_rig_do_not_see_each_others_tampering()
    {
        await using var first = await StartAsync(null);
        await using var second = await StartAsync(null);
        var digest = await first.Tuf.GetTargetDigestAsync("os/edge-node", default);

        await first.Registry.SubstituteAsync("edge-node", digest, new byte[] { 6 }, default);
        await first.Tuf.PublishExpiredTimestampAsync(DateTimeOffset.UtcNow.AddHours(-1), default);

        Assert.That(await first.Registry.ReadAsync("edge-node", digest, default), Has.Length.EqualTo(1));
        Assert.That(await second.Registry.ReadAsync("edge-node", digest, default), Has.Length.GreaterThan(1));
        Assert.That(await second.Tuf.CaptureAsync(default), Is.Not.EqualTo(await first.Tuf.CaptureAsync(default)));
    }

    [Test]
    public async Task On_a_segment_a_board_gets_its_lease_its_boot_file_and_the_services()
    {
        if (await NetworkSegment.FindObstacleAsync(_lab.Owner, default) is { } obstacle)
            Assert.Ignore(obstacle);
        foreach (var tool in new[] { "dnsmasq", "socat" })
        {
            if (HostTools.Find(tool) is null)
                Assert.Ignore($"{tool} is not installed");
        }
        await using var segment = await NetworkSegment.CreateAsync(_lab.Owner);
        await using (var services = await StartAsync(segment))
        {
            var board = await RunBoardAsync(segment);
            var hash = ContentDigest.Of(_uki).Hex;

            Assert.That(board.Origin, Is.EqualTo("http://10.0.2.2"));
            Assert.That((board.File, board.NextServer), Is.EqualTo(("uki.efi", "10.0.2.2")));
            Assert.That((board.ByTftp, board.ByHttp), Is.EqualTo((hash, hash)));
            Assert.That(board.Registry, Is.EqualTo(200));
            Assert.That(board.Timestamp, Does.Contain("\"timestamp\""));
            Assert.That(services.NetbootEvents.Select(one => one.Kind), Does.Contain(NetbootEventKind.Acknowledge));
            Assert.That(services.Failed.IsCompleted, Is.False);
        }
        var log = await File.ReadAllTextAsync(_lab.PathOf("run/services/dnsmasq.log"));
        Assert.That(log, Does.Contain("sent ").And.Contain("uki.efi"));
    }

    private async Task<RunServices> StartAsync(NetworkSegment? segment) =>
        await RunServices.StartAsync(
            new RunServicesOptions
            {
                RigState = _lab.RigState,
                RunFolder = _lab.PathOf("run"),
                Folders = _lab.Folders,
                Owner = _lab.Owner,
                Time = TimeProvider.System,
                Segment = segment,
                BootFiles = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["uki.efi"] = _lab.Write("cache/uki.efi", _uki),
                },
                Tuf = await RigTufRepository.OpenAsync(_lab.RigState, TimeProvider.System, default),
                Os = new OsArtifact("os/edge-node", _lab.Write("kernel", [1]), _lab.Write("initrd", [2]), "quiet"),
                Reference = TestBoard.Reference,
                EndorsementAuthorities = [],
            },
            CancellationToken.None
        );

    /// <summary>A namespace of its own with one end of a cable, whose other end is in the segment's bridge.</summary>
    private async Task<BoardReport> RunBoardAsync(NetworkSegment segment)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = await _lab.Owner.StartAsync(
            new ProcessCommand("sh", ["-c", "echo inside; exec sleep infinity"])
            {
                EnterPrefix = [.. segment.EnterPrefix, HostTools.Require("unshare"), "-n", "--"],
                OnLine = _ => ready.TrySetResult(),
            },
            default
        );
        await holder.WaitUntilAsync(ready.Task, default);
        var id = holder.Id.ToString(CultureInfo.InvariantCulture);
        await IpAsync(segment, "link add port0 type veth peer name board0");
        await IpAsync(segment, $"link set port0 master {NetworkSegment.Bridge} up");
        await IpAsync(segment, $"link set board0 address {Mac.Replace('-', ':')}");
        await IpAsync(segment, $"link set board0 netns {id}");
        string[] enter = Environment.IsPrivilegedProcess
            ? ["-t", id, "-n", "--"]
            : ["-t", id, "-U", "-n", "--preserve-credentials", "--"];
        var result = await Cli.Wrap(HostTools.Require("nsenter"))
            .WithArguments([.. enter, Path.Combine(AppContext.BaseDirectory, "Lab.Services.Tests"), "board", "board0", Mac])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardError);
        return JsonSerializer.Deserialize<BoardReport>(result.StandardOutput)!;
    }

    private static async Task IpAsync(NetworkSegment segment, string arguments)
    {
        var result = await segment
            .WrapCommand(Cli.Wrap("ip").WithArguments(arguments).WithValidation(CommandResultValidation.None))
            .ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardError);
    }
}
