using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>The TPM is taken off the board.</summary>
internal sealed class TpmAbsent : EdgeNodeAttack
{
    public override string Name => "tpm-absent";
    public override string Summary => "the board is started without its TPM";
    public override string Class => "ATT&CK T1542: pre-OS boot";
    public override string RefusingStage => StageNames.MeasuredBoot;
    public override string RefusalCode => "no-tpm";

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        await context.Board.Require<ITpm>().StageAsync(TpmFault.Absent, cancellationToken);
        context.Recorder.Check("the TPM is taken off", holds: true, "no device on the board");
    }
}
