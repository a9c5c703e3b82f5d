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
            new TpmFailing(),
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

    /// <summary>What none of this can notice, and what narrows it.</summary>
    public static IReadOnlyList<UndetectableAttack> Undetectable { get; } =
    [
        new(
            "tpm-relay",
            "the board hands all commands on to a genuine TPM in another place",
            "ATT&CK T1557: adversary in the middle",
            "the machine that speaks is not the one whose boot is proven",
            "the rig's inventory: each board's TPM by its EK certificate, so that only that board's own TPM will do",
            "Lab.Services.Tests: A_TPM_that_is_expected_is_the_only_one_for_its_board"
        ),
        new(
            "tpm-interposer",
            "whoever sits on the wires between processor and TPM resets the TPM and extends the good values by hand",
            "ATT&CK T1200: hardware additions",
            "any software runs on the board under a good quote",
            "a TPM inside the SoC or a sealed case; the clock's reset count says that the TPM was reset, not who did it",
            "Lab.Services.Tests: A_TPM_that_was_extended_by_hand_is_accepted_since_nothing_tells_it_from_a_boot"
        ),
        new(
            "altered-after-boot",
            "a process on the node is taken over after it was attested",
            "ATT&CK T1068: exploitation for privilege escalation",
            "the node goes on quoting good values until it reboots",
            "short intervals do not help; a read-only root file system and what the kernel measures at run time (IMA) narrow it",
            "by design: PCRs tell of what is measured"
        ),
    ];
}
