using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>Somebody with the signing keys publishes another command line: TUF is satisfied, attestation is not.</summary>
internal sealed class InsiderCommandLine : EdgeNodeAttack
{
    public override string Name => "insider-command-line";
    public override string Summary => "another command line for the target, signed with the real TUF keys";
    public override string Class => "TUF: key compromise";
    public override string RefusingStage => StageNames.Attestation;
    public override string RefusalCode => "reference-value";
    protected override int? RefusingPcr => 8;

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var digest = await context
            .Services.Require<ITufRepository>()
            .PublishCommandLineAsync(Target.Name, "console=ttyAMA0 quiet hwlab.insider=1", cancellationToken);
        context.Recorder.Check("the insider's target is published", holds: true, digest);
    }
}
