namespace Lab.Trust.Attestation;

/// <summary>A file of reference values is not one.</summary>
/// <param name="problem">What is wrong, and at which key.</param>
/// <param name="cause">The failure beneath, if there was one.</param>
public sealed class ReferenceValuesException(string problem, Exception? cause = null)
    : Exception($"The reference values cannot be used: {problem}", cause);
