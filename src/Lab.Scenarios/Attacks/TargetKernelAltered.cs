using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>Who holds the registry puts another kernel in the place of the signed one.</summary>
internal sealed class TargetKernelAltered : EdgeNodeAttack
{
    public override string Name => "target-kernel-altered";
    public override string Summary => "one bit of the target's kernel is flipped in the registry";
    public override string Class => "TUF: arbitrary software; ATT&CK T1195.002";
    public override string RefusingStage => StageNames.MeasuredBoot;
    public override string RefusalCode => "digest-mismatch";

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var registry = context.Services.Require<IRegistry>();
        var (kernel, bytes) = await Target.ReadLayerAsync(context.Services, Target.KernelLayer, cancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await registry.SubstituteAsync(Target.Repository, kernel, bytes, cancellationToken);
        context.Recorder.Check("the registry serves an altered kernel", holds: true, kernel);
    }
}
