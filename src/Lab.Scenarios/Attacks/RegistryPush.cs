using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>
/// Somebody on the rig's network, here an honest board whose root shell was taken over, pushes to the registry from which all boards start.
/// </summary>
internal sealed class RegistryPush : IAttack
{
    public string Name => "registry-push";
    public string Scenario => "edge-node";
    public string Summary => "from a board that attested, something is pushed to the rig's registry";
    public string Class => "ATT&CK T1525: implant internal image";
    public string RefusingStage => StageNames.Attestation;

    /// <summary>Forbidden: the distribution specification's DENIED.</summary>
    public string RefusalCode => "403";

    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var boot = new Boot(context);
        return
        [
            new Stage(
                StageNames.Netboot,
                async token =>
                {
                    await boot.PowerOnAsync(token);
                    await new NetbootStage(context, boot).RunAsync(token);
                }
            ),
            new Stage(StageNames.MeasuredBoot, new MeasuredBootStage(context, boot).RunAsync),
            new Stage(
                StageNames.Attestation,
                async token =>
                {
                    await new AttestationStage(context, boot).RunAsync(token);
                    await PushAsync(context, boot, token);
                }
            ),
        ];
    }

    private async Task PushAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var registry = new Uri(context.Services.Require<INetboot>().BoardOrigin, $"/v2/{Target.Repository}/");
        var read = await AskAsync(context, boot, $"-O /dev/null {registry}tags/list", cancellationToken);
        context.Recorder.Check("the board can read the registry", read == "200", $"HTTP {read}", "console.log");
        var pushed = await AskAsync(
            context,
            boot,
            $"-O /dev/null --post-data=implant {registry}blobs/uploads/",
            cancellationToken
        );
        context.Recorder.Check(
            $"the registry refuses what the board pushes: {RefusalCode}",
            string.Equals(pushed, RefusalCode, StringComparison.Ordinal),
            $"HTTP {pushed}",
            "console.log",
            "services/http.jsonl"
        );
    }

    private static Task<string> AskAsync(RunContext context, Boot boot, string request, CancellationToken cancellationToken) =>
        boot.AskAsync($"busybox wget -S {request}", @"\sHTTP/1\.[01] (\d{3})", context.Deadlines.Of(30), cancellationToken);
}
