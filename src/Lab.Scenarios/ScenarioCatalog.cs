using Lab.Model.Scenarios;
using Lab.Scenarios.Attacks;
using Lab.Scenarios.Cluster;
using Lab.Scenarios.EdgeNode;
using Lab.Scenarios.Fleet;

namespace Lab.Scenarios;

/// <summary>Every scenario and attack there is, by name.</summary>
public static class ScenarioCatalog
{
    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<IScenario> CreateScenarios() => [new EdgeNodeScenario(), new FleetScenario()];

    /// <summary>The attacks; made anew for each run, since some of them remember what they recorded.</summary>
    public static IReadOnlyList<IAttack> CreateAttacks() =>
        [
            new AlteredFirmware(),
            new AlteredUki("kernel", ".linux", HarmlessFlip.Kernel, 4, 11),
            new AlteredUki("initrd", ".initrd", HarmlessFlip.Initrd, 4, 9, 11),
            new AlteredUki("command-line", ".cmdline", HarmlessFlip.CommandLine, 4, 9, 11),
            new TargetKernelAltered(),
            new InsiderTarget("kernel", Target.KernelLayer, HarmlessFlip.Kernel),
            new InsiderTarget("initrd", Target.InitrdLayer, HarmlessFlip.Initrd),
            new InsiderTarget("cmdline", Target.CommandLineLayer, HarmlessFlip.CommandLine),
            new CommandLineAltered(),
            new TufExpired(),
            new TufRollback(),
            new NonceReplay(),
            new ForeignQuote(),
            new EventLogTruncated(),
            new TpmAbsent(),
            new RegistryPush(),
            new StolenToken(
                "stolen-token",
                "a thief joins from another machine with the token that was released to the board",
                nodeName: null,
                "foreign-key"
            ),
            new StolenToken(
                "foreign-node-name",
                "a thief asks with the board's token for the certificate of another node",
                "another-node",
                "foreign-token"
            ),
            new WrongAuthority(),
            new UnattestedJoin(),
            new RebootIntoTampered(),
            new GitAttack(
                "unsigned-commit",
                "a commit that the fleet's key did not sign is pushed",
                "InvalidCommitSignature",
                GitIntrusion.CommitUnsignedAsync
            ),
            new GitAttack(
                "rewritten-history",
                "the branch is forced to a history that does not continue the one that was applied",
                "HistoryRewritten",
                GitIntrusion.RewriteAsync
            ),
        ];
}
