using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>A thief has the token that was released to the board, and asks for a node's certificate with a key of its own.</summary>
/// <param name="name">The attack's name.</param>
/// <param name="summary">What is tried.</param>
/// <param name="nodeName">The node that the thief wants to be; null for the board's own.</param>
/// <param name="code">The code it must be denied with.</param>
internal sealed class StolenToken(string name, string summary, string? nodeName, string code) : ClusterAttack
{
    private Task<CertificateDecision>? _theft;

    public override string Name => name;
    public override string Summary => summary;
    public override string Class => "ATT&CK T1528: steal application access token";
    public override string RefusingStage => StageNames.ClusterJoin;
    public override string RefusalCode => code;

    internal override async Task PrepareAsync(RunContext context, CancellationToken cancellationToken)
    {
        // The cluster must be up before the token is released, or the thief would come before the API does.
        await context.Services.Require<ICluster>().WaitUntilJoinableAsync(context.Deadlines.Of(60), cancellationToken);
        _theft = StealAsync(context, context.Services.Require<IAttestation>().Count(context.Board.Name), cancellationToken);
    }

    internal override async Task AttackAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var decision = await _theft!;
        context.Recorder.Note(!decision.Approved, decision.Code);
        context.Recorder.Check(
            $"the thief is denied: {RefusalCode}",
            !decision.Approved && string.Equals(decision.Code, RefusalCode, StringComparison.Ordinal),
            $"{decision.Code}: {decision.Detail}"
        );
        boot.SkipDecisions(nodeName is null ? 1 : 0);
    }

    /// <summary>Waits for the release, which the board needs seconds to make use of, and is faster.</summary>
    private async Task<CertificateDecision> StealAsync(RunContext context, int seen, CancellationToken cancellationToken)
    {
        var admission = context.Services.Require<INodeAdmission>();
        var board = context.Board.Name;
        await context.Services.Require<IAttestation>().WaitAsync(board, seen, context.Deadlines.Of(240), cancellationToken);
        var grant = admission.FindGrant(board)!;
        return await admission.TryToJoinAsync(grant.Token, nodeName ?? board, context.Deadlines.Of(60), cancellationToken);
    }
}
