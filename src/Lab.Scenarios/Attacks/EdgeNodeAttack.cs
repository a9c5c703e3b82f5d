using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>
/// An attack on <c>edge-node</c>: something is tampered with, the honest stages before the refusing one must still pass, and the
/// refusing one must refuse with the named code.
/// </summary>
internal abstract class EdgeNodeAttack : IAttack
{
    public abstract string Name { get; }

    public string Scenario => "edge-node";

    public abstract string Summary { get; }

    public abstract string Class { get; }

    public abstract string RefusingStage { get; }

    public abstract string RefusalCode { get; }

    /// <summary>The PCRs that must differ from the prediction, these and no others, where that is the reason of the refusal.</summary>
    protected virtual IReadOnlyList<int> RefusingPcrs => [];

    /// <summary>How many appraisals the tampering itself causes before the one that must be denied.</summary>
    protected virtual int AppraisalsBefore => 0;

    /// <summary>Tampers, before the boot that must be refused. May boot the board honestly first; the board may be on or off afterwards.</summary>
    protected abstract Task TamperAsync(RunContext context, CancellationToken cancellationToken);

    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var boot = new Boot(context);
        var refusal = new Refusal(context, boot, RefusalCode, RefusingPcrs) { AppraisalsBefore = AppraisalsBefore };
        var stages = new List<Stage>
        {
            new("tamper", token => TamperAsync(context, token)),
            new(
                StageNames.Netboot,
                async token =>
                {
                    await boot.PowerCycleAsync(token);
                    await new NetbootStage(context, boot).RunAsync(token);
                }
            ),
        };
        if (RefusingStage == StageNames.MeasuredBoot)
        {
            stages.Add(new Stage(StageNames.MeasuredBoot, refusal.ByBootAgentAsync));
            return stages;
        }

        stages.Add(new Stage(StageNames.MeasuredBoot, new MeasuredBootStage(context, boot).RunAsync));
        stages.Add(new Stage(StageNames.Attestation, refusal.ByAttestationAsync));
        return stages;
    }

    /// <summary>One honest boot of the board up to the end of the named stage, for attacks that need a past.</summary>
    protected static async Task BootHonestlyAsync(RunContext context, string lastStage, CancellationToken cancellationToken)
    {
        context.Recorder.Say("an honest boot first");
        foreach (var stage in new EdgeNodeScenario().Plan(context))
        {
            await stage.RunAsync(cancellationToken);
            if (stage.Name == lastStage)
            {
                break;
            }
        }

        await context.Board.Require<IPower>().CutAsync(cancellationToken);
    }
}
