namespace Lab.BootAgent.Node;

/// <summary>The node is not attested.</summary>
/// <param name="code">The service's denial code, or <c>unreachable</c>, <c>no-tpm</c>, <c>protocol</c> or <c>internal</c> of our own.</param>
/// <param name="detail">The reason, for people.</param>
/// <param name="pcr">The PCR that gave it away, where one did.</param>
/// <param name="inner">What was caught.</param>
internal sealed class DenialException(string code, string detail, int? pcr = null, Exception? inner = null)
    : Exception(detail, inner)
{
    /// <summary>The code.</summary>
    public string Code { get; } = code;

    /// <summary>The PCR, if one is named.</summary>
    public int? Pcr { get; } = pcr;
}
