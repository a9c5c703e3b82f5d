using System.Text.Json;
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
        var target = await context.Services.Require<ITufRepository>().GetTargetDigestAsync(Target.Name, cancellationToken);
        using var manifest = JsonDocument.Parse(await registry.ReadAsync(Target.Repository, target, cancellationToken));
        var kernel = manifest.RootElement.GetProperty("layers")[0].GetProperty("digest").GetString()!;
        var bytes = await registry.ReadAsync(Target.Repository, kernel, cancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await registry.SubstituteAsync(Target.Repository, kernel, bytes, cancellationToken);
        context.Recorder.Check("the registry serves an altered kernel", holds: true, kernel);
    }
}
