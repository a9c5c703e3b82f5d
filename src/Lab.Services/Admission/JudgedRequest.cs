namespace Lab.Services.Admission;

/// <summary>What became of a signing request.</summary>
/// <param name="NodeName">The node's name in it; empty when none can be read.</param>
/// <param name="Code">One of <see cref="DecisionCodes"/>.</param>
/// <param name="Detail">For people.</param>
internal sealed record JudgedRequest(string NodeName, string Code, string Detail)
{
    public bool IsApproved => Code == DecisionCodes.Approved;
}
