using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;
using Lab.Trust.Prediction;

namespace Lab.Scenarios.Attacks;

/// <summary>Who holds the boot server alters one part of the LinuxBoot image: it boots, and attestation notices.</summary>
internal sealed class AlteredUki(string part, string section, AlteredUki.Flip flip, params int[] pcrs) : EdgeNodeAttack
{
    /// <summary>Alters the content of a section.</summary>
    internal delegate byte[] Flip(ReadOnlySpan<byte> content);

    public override string Name => $"altered-uki-{part}";
    public override string Summary => $"one bit of the LinuxBoot image's {part} is flipped on the boot server";
    public override string Class => "ATT&CK T1542.005: TFTP boot";
    public override string RefusingStage => StageNames.Attestation;
    public override string RefusalCode => "reference-value";
    protected override IReadOnlyList<int> RefusingPcrs => pcrs;

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var netboot = context.Services.Require<INetboot>();
        var file = context.Board.Require<IBootSource>().Current.BootFile;
        var uki = await netboot.ReadAsync(file, cancellationToken);
        var header = PeImage.Parse(uki).Find(section) ?? throw new LabException($"{file} has no {section} section", "netboot");
        var content = uki.AsSpan((int)header.RawOffset, (int)Math.Min(header.RawSize, header.VirtualSize));
        flip(content).CopyTo(content);
        await netboot.PublishAsync(file, uki, cancellationToken);
        context.Recorder.Check("the boot server serves an altered image", holds: true, $"{file}, {section}");
    }
}
