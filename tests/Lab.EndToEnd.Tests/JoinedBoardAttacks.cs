using Lab.Model.Scenarios;
using Lab.Scenarios;
using Lab.Scenarios.Attacks;
using Lab.Scenarios.EdgeNode;

namespace Lab.EndToEnd.Tests;

/// <summary>
/// The attacks that leave an honest board as it is, all on one board and in one life of it: each would need minutes for the same honest boot
/// and join. The one that ends the board's good standing comes last.
/// </summary>
internal sealed class JoinedBoardAttacks : IScenario
{
    private static readonly string[] BeforeJoin = ["foreign-node-name", "stolen-token"];
    private static readonly string[] InGit = ["unsigned-commit", "rewritten-history"];
    private static readonly string[] AfterJoin = ["tampered-reboot"];

    private readonly EdgeNodeScenario _scenario = new();
    private readonly IReadOnlyList<ClusterAttack> _attacks = [.. ScenarioCatalog.CreateAttacks().OfType<ClusterAttack>()];

    /// <summary>The names of the attacks that are staged.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BeforeJoin, .. InGit, .. AfterJoin];

    public string Name => _scenario.Name;

    public string Summary => _scenario.Summary;

    public IReadOnlyList<Type> RequiredFacets => _scenario.RequiredFacets;

    public IReadOnlyList<StageOutline> Outline => _scenario.Outline;

    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var boot = new Boot(context);
        var honest = EdgeNodeScenario.Plan(context, boot);
        return
        [
            new Stage("prepare-thieves", token => EachAsync(BeforeJoin, attack => attack.PrepareAsync(context, token))),
            .. honest.Where(stage => stage.Name is StageNames.Netboot or StageNames.MeasuredBoot or StageNames.Attestation),
            .. Attacks(BeforeJoin, context, boot),
            .. honest.Where(stage => stage.Name is StageNames.ClusterJoin),
            .. Attacks(InGit, context, boot),
            .. Attacks(AfterJoin, context, boot),
        ];
    }

    private IEnumerable<Stage> Attacks(string[] names, RunContext context, Boot boot) =>
        names.Select(name => new Stage(name, token => Find(name).AttackAsync(context, boot, token)));

    private async Task EachAsync(string[] names, Func<ClusterAttack, Task> action)
    {
        foreach (var name in names)
        {
            await action(Find(name));
        }
    }

    private ClusterAttack Find(string name) => _attacks.Single(attack => attack.Name == name);
}
