using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>The board has seen newer metadata; the repository serves the older again, correctly signed.</summary>
internal sealed class TufRollback : EdgeNodeAttack
{
    public override string Name => "tuf-rollback";
    public override string Summary => "after a boot with newer TUF metadata, the older metadata is served again";
    public override string Class => "TUF: rollback";
    public override string RefusingStage => StageNames.MeasuredBoot;
    public override string RefusalCode => "tuf-rollback";

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var repository = context.Services.Require<ITufRepository>();
        var older = await repository.CaptureAsync(cancellationToken);
        await repository.PublishNextVersionAsync(cancellationToken);
        await BootHonestlyAsync(context, StageNames.MeasuredBoot, cancellationToken);
        await repository.RestoreAsync(older, cancellationToken);
        context.Recorder.Check("the older metadata is served again", holds: true, "valid signatures, not expired");
    }
}
