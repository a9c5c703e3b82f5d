using Lab.Controller.Rigs;
using Lab.Emulation.Qemu;
using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Model.Errors;

namespace Lab.Controller.Wiring;

/// <summary>What connects a run's board with its services: a segment of its own, or QEMU's user network.</summary>
internal sealed class RigNetwork : IAsyncDisposable
{
    private readonly NetworkSegment? _segment;

    private RigNetwork(NetworkSegment? segment, string reason)
    {
        _segment = segment;
        Facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["network"] = segment is null ? "user" : "segment",
            ["network-reason"] = reason,
        };
    }

    /// <summary>Which one it is, and why, for the record.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>The segment; null on the user network.</summary>
    public NetworkSegment? Segment => _segment;

    /// <summary>Connects as the rig says.</summary>
    /// <exception cref="RigException">The rig demands a segment and this user may make none here.</exception>
    public static async Task<RigNetwork> ConnectAsync(Rig rig, ProcessOwner owner, CancellationToken cancellationToken)
    {
        if (rig.Network == NetworkMode.User)
        {
            return new RigNetwork(segment: null, "the rig says so");
        }

        if (await NetworkSegment.FindObstacleAsync(owner, cancellationToken) is { } obstacle)
        {
            return rig.Network == NetworkMode.Auto
                ? new RigNetwork(segment: null, obstacle)
                : throw new RigException(
                    $"no network segment can be made here: {obstacle}",
                    rig.File,
                    "run as root, allow unprivileged user namespaces, or set 'network: { mode: user }'"
                );
        }

        return new RigNetwork(
            await NetworkSegment.CreateAsync(owner, cancellationToken: cancellationToken),
            rig.Network == NetworkMode.Auto ? "this user may make one" : "the rig says so"
        );
    }

    /// <summary>The same for a virtual board.</summary>
    public VirtualNetwork ForBoard(string filesFolder, Uri origin) =>
        _segment is null ? new VirtualNetwork.User(filesFolder, origin) : new VirtualNetwork.Segment(_segment);

    public ValueTask DisposeAsync() => _segment?.DisposeAsync() ?? ValueTask.CompletedTask;
}
