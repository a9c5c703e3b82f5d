using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>The repository goes on serving a timestamp that has expired.</summary>
internal sealed class TufExpired : EdgeNodeAttack
{
    public override string Name => "tuf-expired";
    public override string Summary => "the TUF timestamp that is served expired an hour ago";
    public override string Class => "TUF: indefinite freeze";
    public override string RefusingStage => StageNames.MeasuredBoot;
    public override string RefusalCode => "tuf-expired";

    protected override async Task TamperAsync(RunContext context, CancellationToken cancellationToken)
    {
        var expired = context.Time.GetUtcNow().AddHours(-1);
        await context.Services.Require<ITufRepository>().PublishExpiredTimestampAsync(expired, cancellationToken);
        context.Recorder.Check("an expired timestamp is served", holds: true, $"{expired:u}");
    }
}
