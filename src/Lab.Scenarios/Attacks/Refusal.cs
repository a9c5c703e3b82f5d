using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>What must be seen where the chain refuses.</summary>
internal sealed class Refusal(RunContext context, Boot boot, string code, IReadOnlyList<int> pcrs)
{
    /// <summary>The boot agent says why, starts nothing, and powers off.</summary>
    public async Task ByBootAgentAsync(CancellationToken cancellationToken)
    {
        var end = await boot.EndOrReachAsync("linuxboot", "kexec", context.Deadlines.Of(120), cancellationToken);
        var refused = end.Is("linuxboot", "refused");
        context.Recorder.Note(refused, end["code"]);
        context.Recorder.Check(
            $"the boot agent refuses: {code}",
            refused && string.Equals(end["code"], code, StringComparison.Ordinal),
            refused ? $"{end["code"]}: {end["detail"]}" : "the agent started the target",
            "console.log"
        );
        var after = await StateAfterRefusalAsync(cancellationToken);
        context.Recorder.Check(
            "nothing is started afterwards",
            refused && after == PowerState.Off,
            $"power {after}",
            "console.log"
        );
    }

    /// <summary>The attestation service denies, and the board holds no secret.</summary>
    public async Task ByAttestationAsync(CancellationToken cancellationToken)
    {
        var service = context.Services.Require<IAttestation>();
        var outcome = await service.WaitAsync(context.Board.Name, AppraisalsBefore, context.Deadlines.Of(60), cancellationToken);
        await EvidenceFiles.KeepAsync(context.Recorder, outcome, cancellationToken);
        context.Recorder.Note(!outcome.Accepted, outcome.Code);
        context.Recorder.Check(
            $"attestation denies: {code}",
            !outcome.Accepted && string.Equals(outcome.Code, code, StringComparison.Ordinal),
            outcome.Accepted ? "the evidence was accepted" : $"{outcome.Code}: {outcome.Detail}",
            "quote.bin",
            "eventlog.bin"
        );
        CheckPcrs(outcome);
        var end = await boot.EndOrReachAsync("node", "attested", context.Deadlines.Of(30), cancellationToken);
        context.Recorder.Check("the node is told so", end.Is("node", "denied"), $"{end.Name} {end["code"]}", "console.log");
        var secret = await boot.AskAsync(
            "test -e /run/hwlab/secret && echo held || echo none",
            @"^(held|none)\b",
            context.Deadlines.Of(20),
            cancellationToken
        );
        context.Recorder.Check("the board holds no secret", secret == "none", $"/run/hwlab/secret: {secret}", "console.log");
    }

    private void CheckPcrs(AppraisalOutcome outcome)
    {
        if (pcrs.Count == 0)
        {
            return;
        }

        var differing = outcome
            .Pcrs.Where(pcr => pcr.Predicted is not null && pcr.Predicted != pcr.Quoted)
            .Select(pcr => pcr.Index)
            .ToList();
        context.Recorder.Check(
            $"exactly PCR {string.Join(", ", pcrs)} gives it away",
            differing.SequenceEqual(pcrs),
            $"differing from the prediction: {string.Join(", ", differing)}",
            "quote.bin"
        );
    }

    /// <summary>How many appraisals an honest boot before the tampered one caused.</summary>
    public int AppraisalsBefore { get; init; }

    private async Task<PowerState> StateAfterRefusalAsync(CancellationToken cancellationToken)
    {
        var power = context.Board.Require<IPower>();
        using var deadline = new CancellationTokenSource(context.Deadlines.Of(30), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await power.WaitForAsync(PowerState.Off, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await power.GetStatusAsync(cancellationToken);
        }
    }
}
