using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>The firmware in the board's flash is altered: only what lies beneath it can notice.</summary>
internal sealed class AlteredFirmware : EdgeNodeAttack
{
    public override string Name => "altered-firmware";
    public override string Summary => "one bit of the U-Boot binary is flipped in the board's flash";
    public override string Class => "ATT&CK T1542.001: system firmware";
    public override string RefusingStage => StageNames.Attestation;
    public override string RefusalCode => "reference-value";
    protected override IReadOnlyList<int> RefusingPcrs => [0];

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var source = context.Board.Require<IBootSource>();
        var altered = HarmlessFlip.Firmware(await source.ReadFirmwareAsync(cancellationToken));
        await source.FlashFirmwareAsync(altered, cancellationToken);
        context.Recorder.Check("the flash holds an altered firmware", holds: true, "one bit of a message");
    }
}
