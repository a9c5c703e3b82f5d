using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>An attack by an adversary on the network between the board and the attestation service.</summary>
internal abstract class EvidenceAttack : EdgeNodeAttack
{
    public override string RefusingStage => StageNames.Attestation;

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        await PrepareAsync(context, cancellationToken);
        context.Services.Require<IAttestation>().Interpose((evidence, token) => ReplaceAsync(context, evidence, token));
        context.Recorder.Check("an adversary sits before the attestation service", holds: true, Summary);
    }

    /// <summary>What the adversary does before the board attests.</summary>
    protected virtual Task PrepareAsync(RunContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What the adversary sends in the place of the board's evidence.</summary>
    protected abstract Task<EvidenceOnTheWire> ReplaceAsync(
        RunContext context,
        EvidenceOnTheWire evidence,
        CancellationToken cancellationToken
    );
}
