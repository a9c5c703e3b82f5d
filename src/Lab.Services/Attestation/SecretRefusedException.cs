namespace Lab.Services.Attestation;

/// <summary>The evidence is good, and yet the board is given nothing.</summary>
/// <param name="code">The denial's code, as the board is told.</param>
/// <param name="detail">Why, for people.</param>
public sealed class SecretRefusedException(string code, string detail) : Exception(detail)
{
    /// <summary>The denial's code.</summary>
    public string Code { get; } = code;
}
