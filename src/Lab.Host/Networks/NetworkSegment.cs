using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Host.Processes;
using Lab.Model.Errors;

namespace Lab.Host.Networks;

/// <summary>
/// A layer-2 segment of its own: an anonymous network namespace that a small process keeps open, with a bridge in it. It has no name, no
/// interface on the host and no file: once its processes are gone, so is it.
/// </summary>
public sealed class NetworkSegment : IAsyncDisposable
{
    /// <summary>The lab's address on a segment: the one that QEMU's user network gives the host, so that both look the same to a board.</summary>
    public const string DefaultAddress = "10.0.2.2/24";

    /// <summary>The bridge's name inside the segment.</summary>
    public const string Bridge = "br0";

    // IFNAMSIZ, with its NUL: if(7).
    private const int LongestInterfaceName = 15;

    private static readonly string[] Batch = ["-batch", "-"];

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ProcessOwner _owner;
    private readonly OwnedProcess _holder;
    private readonly List<OwnedProcess> _forwarders = [];
    private readonly TaskCompletionSource<LabException?> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NetworkSegment(ProcessOwner owner, OwnedProcess holder, string address, IReadOnlyList<string> enterPrefix)
    {
        _owner = owner;
        _holder = holder;
        Address = address[..address.IndexOf('/', StringComparison.Ordinal)];
        EnterPrefix = enterPrefix;
    }

    /// <summary>What goes before a program's command line to run it inside: see <see cref="ProcessCommand.EnterPrefix"/>.</summary>
    public IReadOnlyList<string> EnterPrefix { get; }

    /// <summary>The interface of the host that the segment is on; null for one of the lab's own.</summary>
    public string? HostInterface { get; private init; }

    /// <summary>The lab's IPv4 address on the bridge.</summary>
    public string Address { get; }

    /// <summary>Ends with the reason when a way into or out of the segment is lost; with null when the segment is taken down.</summary>
    public Task<LabException?> Failed => _failed.Task;

    /// <summary>Makes a segment with an empty bridge.</summary>
    /// <param name="owner">Who owns its processes.</param>
    /// <param name="address">The lab's address on it, with prefix length.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">The machine does not allow it; says what was refused.</exception>
    public static Task<NetworkSegment> CreateAsync(
        ProcessOwner owner,
        string address = DefaultAddress,
        CancellationToken cancellationToken = default
    ) =>
        CreateAsync(
            owner,
            address,
            hostInterface: null,
            (segment, token) =>
                segment.ConfigureAsync(
                    [
                        "link set lo up",
                        $"link add {Bridge} type bridge",
                        $"addr add {address} dev {Bridge}",
                        $"link set {Bridge} up",
                    ],
                    token
                ),
            "run as root, allow unprivileged user namespaces, or set the rig's network to 'user'",
            cancellationToken
        );

    /// <summary>
    /// Makes a segment that real boards are on: what stands for the bridge is a port of its own (macvlan) on an interface of this host. The
    /// host's addresses, routes and ports stay as they are, and the port goes with the segment. It takes no taps.
    /// </summary>
    /// <param name="owner">Who owns its processes.</param>
    /// <param name="hostInterface">The interface that the boards' cable leads to; it must be up.</param>
    /// <param name="address">The lab's address on it, with prefix length.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">The machine does not allow it; says what was refused.</exception>
    public static Task<NetworkSegment> CreateOnAsync(
        ProcessOwner owner,
        string hostInterface,
        string address = DefaultAddress,
        CancellationToken cancellationToken = default
    ) =>
        CreateAsync(
            owner,
            address,
            hostInterface,
            async (segment, token) =>
            {
                await ConfigureAsync(
                    Cli.Wrap(HostTools.Require("ip")).WithArguments(Batch),
                    [$"link add link {hostInterface} name {Bridge} netns {segment._holder.Id} type macvlan mode bridge"],
                    token
                );
                await segment.ConfigureAsync(
                    ["link set lo up", $"addr add {address} dev {Bridge}", $"link set {Bridge} up"],
                    token
                );
            },
            $"run as root, and see that the interface {hostInterface} is there and up: ip link set {hostInterface} up",
            cancellationToken
        );

    private static async Task<NetworkSegment> CreateAsync(
        ProcessOwner owner,
        string address,
        string? hostInterface,
        Func<NetworkSegment, CancellationToken, Task> configure,
        string remedy,
        CancellationToken cancellationToken
    )
    {
        var root = Environment.IsPrivilegedProcess;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = await owner.StartAsync(
            new ProcessCommand("sh", ["-c", "echo inside; exec sleep infinity"])
            {
                EnterPrefix = [HostTools.Require("unshare"), root ? "-n" : "-Urn", "--"],
                Name = "network segment",
                OnLine = line =>
                {
                    if (line == "inside")
                        ready.TrySetResult();
                },
            },
            cancellationToken
        );
        try
        {
            await holder.WaitUntilAsync(ready.Task, cancellationToken);
            var target = holder.Id.ToString(CultureInfo.InvariantCulture);
            string[] prefix = root
                ? [HostTools.Require("nsenter"), "-t", target, "-n", "--"]
                : [HostTools.Require("nsenter"), "-t", target, "-U", "-n", "--preserve-credentials", "--"];
            var segment = new NetworkSegment(owner, holder, address, prefix) { HostInterface = hostInterface };
            await configure(segment, cancellationToken);
            return segment;
        }
        catch (LabException exception)
        {
            await holder.KillAsync();
            throw new LabException($"no network segment can be made here: {exception.What}", "network", remedy, exception);
        }
        catch
        {
            await holder.KillAsync();
            throw;
        }
    }

    /// <summary>Whether segments with boards on them can be made here: tries it, with a tap, and takes it down again.</summary>
    /// <returns>Null when they can, else why not.</returns>
    public static async Task<string?> FindObstacleAsync(ProcessOwner owner, CancellationToken cancellationToken)
    {
        try
        {
            await using var segment = await CreateAsync(owner, cancellationToken: cancellationToken);
            await segment.AddTapAsync("probe", cancellationToken);
            return null;
        }
        catch (LabException exception)
        {
            return exception.What;
        }
    }

    /// <summary>Whether segments with boards on them can be made here: see <see cref="FindObstacleAsync"/>.</summary>
    public static async Task<bool> IsAvailableAsync(ProcessOwner owner, CancellationToken cancellationToken) =>
        await FindObstacleAsync(owner, cancellationToken) is null;

    /// <summary>Adds a port for a board to the bridge.</summary>
    /// <param name="name">The interface's name, at most 15 letters, digits and dashes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">/dev/net/tun cannot be used, or the name is taken.</exception>
    public Task AddTapAsync(string name, CancellationToken cancellationToken)
    {
        if (
            name.Length is 0 or > LongestInterfaceName
            || !name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
        )
            throw new ArgumentException("Not the name of an interface.", nameof(name));
        return ConfigureAsync([$"tuntap add dev {name} mode tap", $"link set {name} master {Bridge} up"], cancellationToken);
    }

    /// <summary>Takes a port away again.</summary>
    public Task RemoveTapAsync(string name, CancellationToken cancellationToken) =>
        ConfigureAsync([$"link delete {name}"], cancellationToken);

    /// <summary>
    /// Carries a TCP port of the lab's address to a Unix socket of the controller: such a socket is reached by its path from any namespace.
    /// </summary>
    /// <exception cref="LabException">socat is missing or the port is taken.</exception>
    public async Task ForwardAsync(int port, string socketPath, CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var forwarder = await _owner.StartAsync(
            new ProcessCommand(
                "socat",
                ["-d", "-d", $"TCP4-LISTEN:{port},bind={Address},fork,reuseaddr,backlog=64", $"UNIX-CONNECT:{socketPath}"]
            )
            {
                EnterPrefix = EnterPrefix,
                OnLine = line =>
                {
                    if (line.Contains("listening on", StringComparison.Ordinal))
                        listening.TrySetResult();
                },
            },
            cancellationToken
        );
        Keep(forwarder);
        await forwarder.WaitUntilAsync(listening.Task, cancellationToken);
    }

    /// <summary>Offers a TCP port inside, of any program that listens there on the segment's loopback interface, as a Unix socket outside.</summary>
    /// <returns>The process that carries it; ends with the segment.</returns>
    /// <exception cref="LabException">socat is missing or the socket cannot be made.</exception>
    public async Task<OwnedProcess> OfferAsync(int port, string socketPath, CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var forwarder = await _owner.StartAsync(
            new ProcessCommand(
                "socat",
                ["-d", "-d", $"UNIX-LISTEN:{socketPath},fork,mode=600,backlog=64", $"TCP4:127.0.0.1:{port}"]
            )
            {
                EnterPrefix = EnterPrefix,
                OnLine = line =>
                {
                    if (line.Contains("listening on", StringComparison.Ordinal))
                        listening.TrySetResult();
                },
            },
            cancellationToken
        );
        Keep(forwarder);
        await forwarder.WaitUntilAsync(listening.Task, cancellationToken);
        return forwarder;
    }

    /// <summary>The same command, to be run inside.</summary>
    public Command WrapCommand(Command command) =>
        Cli.Wrap(EnterPrefix[0])
            .WithArguments(arguments =>
                arguments
                    .Add(EnterPrefix.Skip(1))
                    .Add(HostTools.Require(command.TargetFilePath))
                    .Add(command.Arguments, escape: false)
            )
            .WithValidation(command.Validation)
            .WithStandardInputPipe(command.StandardInputPipe)
            .WithStandardOutputPipe(command.StandardOutputPipe)
            .WithStandardErrorPipe(command.StandardErrorPipe);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _failed.TrySetResult(null);
        OwnedProcess[] forwarders;
        lock (_forwarders)
            forwarders = [.. _forwarders];
        foreach (var forwarder in forwarders)
            await forwarder.StopAsync(Grace, CancellationToken.None);
        await _holder.KillAsync();
    }

    private void Keep(OwnedProcess forwarder)
    {
        lock (_forwarders)
            _forwarders.Add(forwarder);
        _ = TellLossAsync(forwarder);
    }

    /// <summary>What boards or the control plane would reach through it is gone for them, though it still runs.</summary>
    private async Task TellLossAsync(OwnedProcess forwarder)
    {
        await forwarder.Exited;
        _failed.TrySetResult(forwarder.ExitedEarly("start the run again: nothing reaches the services through it any more"));
    }

    private Task ConfigureAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken) =>
        ConfigureAsync(WrapCommand(Cli.Wrap("ip").WithArguments(Batch)), lines, cancellationToken);

    private static async Task ConfigureAsync(Command ip, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        var result = await ip.WithStandardInputPipe(PipeSource.FromString(string.Join('\n', lines) + "\n"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (result.ExitCode != 0)
            throw new LabException($"ip refused: {result.StandardError.Trim()}", "network");
    }
}
