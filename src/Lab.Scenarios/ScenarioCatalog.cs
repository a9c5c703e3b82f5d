using Lab.Model.Scenarios;
using Lab.Scenarios.Attacks;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios;

/// <summary>Every scenario and attack there is, by name.</summary>
public static class ScenarioCatalog
{
    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<IScenario> CreateScenarios() => [new EdgeNodeScenario()];

    /// <summary>The attacks; made anew for each run, since some of them remember what they recorded.</summary>
    public static IReadOnlyList<IAttack> CreateAttacks() =>
        [
            new TargetKernelAltered(),
            new InsiderCommandLine(),
            new CommandLineAltered(),
            new TufExpired(),
            new TufRollback(),
            new NonceReplay(),
            new EventLogTruncated(),
            new TpmAbsent(),
        ];
}
