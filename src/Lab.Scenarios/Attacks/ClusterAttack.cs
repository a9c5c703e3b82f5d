using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>
/// An attack on a cluster whose boards boot honestly: all stages before the refusing one must pass, and what the attacker then does must
/// be refused with the named code.
/// </summary>
internal abstract class ClusterAttack : IAttack
{
    public abstract string Name { get; }

    public string Scenario => "edge-node";

    public abstract string Summary { get; }

    public abstract string Class { get; }

    public abstract string RefusingStage { get; }

    public abstract string RefusalCode { get; }

    public bool NeedsCluster => true;

    /// <summary>Prepares, before the board is powered on.</summary>
    internal virtual Task PrepareAsync(RunContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether it comes after the join, whose stage it then shares; else it comes before.</summary>
    protected virtual bool ComesAfterJoin => false;

    /// <summary>Attacks, and checks that it is refused.</summary>
    internal abstract Task AttackAsync(RunContext context, Boot boot, CancellationToken cancellationToken);

    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var boot = new Boot(context);
        var honest = EdgeNodeScenario
            .Plan(context, boot)
            .TakeWhile(stage => stage.Name != RefusingStage)
            .Select(stage => stage.Name == StageNames.Netboot ? Prepared(stage, context) : stage);
        return
        [
            .. honest,
            new Stage(
                RefusingStage,
                async token =>
                {
                    if (ComesAfterJoin)
                    {
                        await new ClusterJoinStage(context, boot).RunAsync(token);
                    }

                    await AttackAsync(context, boot, token);
                }
            ),
        ];
    }

    private Stage Prepared(Stage stage, RunContext context) =>
        stage with
        {
            RunAsync = async token =>
            {
                await PrepareAsync(context, token);
                await stage.RunAsync(token);
            },
        };
}
