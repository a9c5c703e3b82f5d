using Lab.Controller.Rigs;
using Lab.Emulation.Qemu;
using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Controller.Wiring;

/// <summary>What connects a run's board with its services: a segment of its own, or QEMU's user network.</summary>
internal sealed class RigNetwork : IAsyncDisposable
{
    private readonly NetworkSegment? _segment;
    private readonly FolderLease? _lease;

    private RigNetwork(NetworkSegment? segment, string reason, FolderLease? lease = null)
    {
        _segment = segment;
        _lease = lease;
        Facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["network"] = segment is null ? "user" : segment.HostInterface ?? "segment",
            ["network-reason"] = reason,
        };
    }

    /// <summary>Which one it is, and why, for the record.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>The segment; null on the user network.</summary>
    public NetworkSegment? Segment => _segment;

    /// <summary>Connects as the rig says.</summary>
    /// <exception cref="RigException">The rig demands a segment and this user may make none here, or names no interface for real boards.</exception>
    /// <exception cref="LabException">The rig's interface cannot be used, or another run uses it.</exception>
    public static async Task<RigNetwork> ConnectAsync(
        Rig rig,
        LabFolders folders,
        ProcessOwner owner,
        CancellationToken cancellationToken
    )
    {
        if (rig.HostInterface is { } hostInterface)
        {
            // One address on the wire, and one DHCP server.
            return await ConnectAsync(rig, hostInterface, folders, owner, cancellationToken);
        }

        if (rig.Boards.FirstOrDefault(board => board.Wiring is not null) is { } wired)
        {
            throw new RigException(
                $"board '{wired.Name}' gets its address and its boot file on an interface of this host, and the rig names none",
                $"{wired.At}",
                "network: { interface: eth1 }, with the interface that the boards' cables lead to"
            );
        }

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

    private static async Task<RigNetwork> ConnectAsync(
        Rig rig,
        string hostInterface,
        LabFolders folders,
        ProcessOwner owner,
        CancellationToken cancellationToken
    )
    {
        var lease = FolderLease.Take(Path.Combine(folders.State, "interfaces", hostInterface), $"interface {hostInterface}");
        try
        {
            return new RigNetwork(
                await NetworkSegment.CreateOnAsync(owner, hostInterface, cancellationToken: cancellationToken),
                $"{rig.File} names it",
                lease
            );
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>The same for a virtual board.</summary>
    public VirtualNetwork ForBoard(string filesFolder, Uri origin) =>
        _segment is null ? new VirtualNetwork.User(filesFolder, origin) : new VirtualNetwork.Segment(_segment);

    public async ValueTask DisposeAsync()
    {
        if (_segment is not null)
        {
            await _segment.DisposeAsync();
        }

        _lease?.Dispose();
    }
}
