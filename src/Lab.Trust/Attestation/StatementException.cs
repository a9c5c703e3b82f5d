namespace Lab.Trust.Attestation;

/// <summary>A signed statement is not one, not by a trusted verifier, or not of this time.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="cause">The failure beneath, if there was one.</param>
public sealed class StatementException(string problem, Exception? cause = null)
    : Exception($"The statement cannot be relied on: {problem}", cause);
