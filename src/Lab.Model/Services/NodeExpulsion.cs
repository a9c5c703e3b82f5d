namespace Lab.Model.Services;

/// <summary>A node that lost the lab's trust.</summary>
/// <param name="Board">The board.</param>
/// <param name="Code"><c>silence</c>, <c>denied</c> (an appraisal failed), <c>rebooted</c> or <c>revoked</c>.</param>
/// <param name="Detail">For people.</param>
/// <param name="UntrustedAt">When the trust ended.</param>
/// <param name="DrainedAt">When the node was cordoned, its pods were evicted and its certificate was refused.</param>
public sealed record NodeExpulsion(
    string Board,
    string Code,
    string Detail,
    DateTimeOffset UntrustedAt,
    DateTimeOffset DrainedAt
);
