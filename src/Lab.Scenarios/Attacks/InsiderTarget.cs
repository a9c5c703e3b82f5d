using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>Somebody with the signing keys publishes an altered target: TUF is satisfied, attestation is not.</summary>
internal sealed class InsiderTarget(string kind, int layer, AlteredUki.Flip flip) : EdgeNodeAttack
{
    public override string Name => $"insider-{kind}";
    public override string Summary => $"one bit of the target's {kind} is flipped, signed with the real TUF keys";
    public override string Class => "TUF: key compromise";
    public override string RefusingStage => StageNames.Attestation;
    public override string RefusalCode => "reference-value";
    protected override IReadOnlyList<int> RefusingPcrs => [8];

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var repository = context.Services.Require<ITufRepository>();
        var original = await Target.ReadLayerAsync(context.Services, layer, cancellationToken);
        var digest = await repository.PublishLayerAsync(Target.Name, kind, flip(original.Content), cancellationToken);
        context.Recorder.Check("the insider's target is published", holds: true, digest);
    }
}
