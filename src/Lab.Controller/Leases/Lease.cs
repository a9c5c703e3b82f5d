using System.Text.Json.Serialization;
using Lab.Host.Processes;

namespace Lab.Controller.Leases;

/// <summary>The exclusive right to a board for a time. It ends with its owner's process, at its time, or when it is given back.</summary>
/// <param name="Board">The board.</param>
/// <param name="Generation">Counts the leases of this board: who holds a lower one has lost the board.</param>
/// <param name="Owner">The process that it ends with; null when it was given back.</param>
/// <param name="User">Who took it.</param>
/// <param name="Purpose">What for: <c>run of edge-node</c>.</param>
/// <param name="TakenAt">Since when.</param>
/// <param name="ExpiresAt">When it ends at the latest; null for one that ends with its owner only.</param>
public sealed record Lease(
    string Board,
    long Generation,
    ProcessIdentity? Owner,
    string User,
    string Purpose,
    DateTimeOffset TakenAt,
    DateTimeOffset? ExpiresAt
)
{
    /// <summary>Whether it holds at that moment. Nothing need be done for it to end.</summary>
    public bool HoldsAt(DateTimeOffset now) => Owner is { IsAlive: true } && !(ExpiresAt <= now);

    /// <summary>Whether this process, or one that it descends from, owns it.</summary>
    [JsonIgnore]
    public bool IsOurs => Owner is { } owner && ProcessAncestry.Ancestors().Any(process => IsSame(process, owner));

    /// <summary>Who holds it, in words.</summary>
    [JsonIgnore]
    public string Holder => $"{User}, {Purpose}, process {Owner?.Id} ({Owner?.Name})";

    private static bool IsSame(ProcessIdentity one, ProcessIdentity other) =>
        (one.Id, one.StartTicks, one.BootId) == (other.Id, other.StartTicks, other.BootId);
}
