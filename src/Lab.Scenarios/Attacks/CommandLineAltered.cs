using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>Who holds the board edits the firmware's environment, so that it hands LinuxBoot another command line.</summary>
internal sealed class CommandLineAltered : EdgeNodeAttack
{
    public override string Name => "command-line-altered";
    public override string Summary => "the firmware's environment hands LinuxBoot another command line";
    public override string Class => "ATT&CK T1542.001: system firmware";
    public override string RefusingStage => StageNames.Attestation;
    public override string RefusalCode => "reference-value";
    protected override IReadOnlyList<int> RefusingPcrs => [9, 12];

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var source = context.Board.Require<IBootSource>();
        var altered = source.Current with { BootArguments = "console=ttyAMA0 quiet hwlab.altered=1" };
        await source.UseAsync(altered, cancellationToken);
        context.Recorder.Check("the firmware's environment is edited", holds: true, altered.BootArguments);
    }
}
