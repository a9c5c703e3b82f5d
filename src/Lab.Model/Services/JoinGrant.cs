namespace Lab.Model.Services;

/// <summary>What attestation released to a board so that it may join.</summary>
/// <param name="Board">The board, and the name of its node.</param>
/// <param name="Token">The bootstrap token: secret, for this board, used once.</param>
/// <param name="KeySha256">SHA-256 (lower-case hexadecimal) of the SubjectPublicKeyInfo of the node's key, as the quote binds it.</param>
/// <param name="GrantedAt">When.</param>
/// <param name="Expires">When the token ceases to be accepted.</param>
public sealed record JoinGrant(string Board, string Token, string KeySha256, DateTimeOffset GrantedAt, DateTimeOffset Expires);
