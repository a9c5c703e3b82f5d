using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>The TPM is there and answers every command with a failure.</summary>
internal sealed class TpmFailing : EdgeNodeAttack
{
    public override string Name => "tpm-failing";
    public override string Summary => "the TPM answers every command with a failure";
    public override string Class => "ATT&CK T1542: pre-OS boot";
    public override string RefusingStage => StageNames.MeasuredBoot;
    public override string RefusalCode => "no-tpm";

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        await context.Board.Require<ITpm>().StageAsync(TpmFault.Failing, cancellationToken);
        context.Recorder.Check("the TPM fails", holds: true, "TPM_RC_FAILURE to every command");
    }
}
