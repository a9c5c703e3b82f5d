namespace Lab.Host.Processes;

/// <summary>One line of a ledger: exactly one of these.</summary>
internal sealed record LedgerEntry
{
    public ProcessIdentity? Owner { get; init; }

    public ProcessIdentity? Started { get; init; }

    public ProcessIdentity? Ended { get; init; }

    public string? Made { get; init; }

    public string? Removed { get; init; }
}
