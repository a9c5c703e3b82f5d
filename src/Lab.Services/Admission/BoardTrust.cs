using Lab.Model.Services;

namespace Lab.Services.Admission;

/// <summary>How a board stands.</summary>
/// <param name="Grant">What was released to it last.</param>
/// <param name="TokenId">The id of that token.</param>
/// <param name="ResetCount">The boot that it was released to.</param>
/// <param name="Deadline">When its silence ends the trust.</param>
/// <param name="RequestUid">The signing request that used the token up; null before.</param>
/// <param name="HasCertificate">Whether it was seen to use its certificate.</param>
/// <param name="End">How the trust ended; null while it lasts.</param>
internal sealed record BoardTrust(
    JoinGrant Grant,
    string TokenId,
    uint ResetCount,
    DateTimeOffset Deadline,
    string? RequestUid = null,
    bool HasCertificate = false,
    TrustEnd? End = null
);
