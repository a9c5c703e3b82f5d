using Lab.Model.Scenarios;
using Lab.Model.Services;

namespace Lab.Scenarios.Attacks;

/// <summary>The last event is cut off the log: what was measured last would go unnoticed.</summary>
internal sealed class EventLogTruncated : EvidenceAttack
{
    /// <summary>A PCR event with one SHA-256 digest and four bytes of data: the agent's separator (TCG PC Client PFP, section 10.2.2).</summary>
    private const int SeparatorEventSize = 4 + 4 + 4 + 2 + 32 + 4 + 4;

    public override string Name => "event-log-truncated";
    public override string Summary => "the last event is cut off the event log on its way";
    public override string Class => "ATT&CK T1070: indicator removal";
    public override string RefusalCode => "event-log";

    protected override Task<EvidenceOnTheWire> ReplaceAsync(
        RunContext context,
        EvidenceOnTheWire evidence,
        CancellationToken cancellationToken
    ) => Task.FromResult(evidence with { EventLog = evidence.EventLog[..^SeparatorEventSize] });
}
