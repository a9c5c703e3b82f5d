namespace Lab.Model.Services;

/// <summary>What became of a certificate signing request of a would-be node.</summary>
/// <param name="NodeName">The node's name in the request.</param>
/// <param name="Approved">Whether it was approved.</param>
/// <param name="Code">
/// <c>approved</c>, or why not: <c>not-attested</c>, <c>foreign-token</c> (the token is another board's), <c>foreign-key</c> (the key is not the
/// one that the quote binds), <c>token-used</c>, <c>request-shape</c> (names, usages or signer are not a node's), <c>unauthorized</c>.
/// </param>
/// <param name="Detail">For people.</param>
/// <param name="At">When.</param>
public sealed record CertificateDecision(string NodeName, bool Approved, string Code, string Detail, DateTimeOffset At);
