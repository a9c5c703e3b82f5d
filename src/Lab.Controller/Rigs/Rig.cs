using Lab.Model.Errors;

namespace Lab.Controller.Rigs;

/// <summary>A rig as its file describes it: boards, how they are wired, and the services they are given.</summary>
public sealed record Rig
{
    /// <summary>The TUF target that boards start where the rig does not say.</summary>
    public const string DefaultTarget = "os/edge-node";

    /// <summary>Seconds between two attestations of a node where the rig does not say.</summary>
    public const int DefaultAttestationInterval = 15;

    /// <summary>The rig's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file, as it was named by the user.</summary>
    public required string File { get; init; }

    /// <summary>How the boards are wired to the services.</summary>
    public NetworkMode Network { get; init; }

    /// <summary>The interface of this host that real boards are on; null where the lab makes the network.</summary>
    public string? HostInterface { get; init; }

    /// <summary>What is offered to them.</summary>
    public RigServices Services { get; init; } = new();

    /// <summary>The TUF target that the boards start.</summary>
    public string Target { get; init; } = DefaultTarget;

    /// <summary>The PCRs that attestation asks for, ascending; empty where the lab's policy decides.</summary>
    public IReadOnlyList<int> Pcrs { get; init; } = [];

    /// <summary>How often, in seconds, an attested node must attest again.</summary>
    public int AttestationIntervalSeconds { get; init; } = DefaultAttestationInterval;

    /// <summary>The cluster that boards join.</summary>
    public RigCluster Cluster { get; init; } = new();

    /// <summary>How Git rules it.</summary>
    public RigGitOps GitOps { get; init; } = new();

    /// <summary>The boards, in the file's order; at least one.</summary>
    public required IReadOnlyList<RigBoard> Boards { get; init; }

    /// <summary>A board by its name, or the first one.</summary>
    /// <exception cref="RigException">There is no board of that name; says which there are.</exception>
    public RigBoard FindBoard(string? name) =>
        name is null
            ? Boards[0]
            : Boards.FirstOrDefault(board => board.Name == name)
                ?? throw new RigException(
                    $"rig '{Name}' has no board '{name}'",
                    File,
                    $"it has: {string.Join(", ", Boards.Select(board => board.Name))}"
                );
}
