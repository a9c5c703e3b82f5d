using Lab.Model.Runs;

namespace Lab.Controller.Tests.Samples;

/// <summary>Records of runs as they come out of the engine.</summary>
internal static class SampleRun
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static RunRecord Passed { get; } =
        new()
        {
            Id = "01J9ZK3W8Q5T7V0N2M4R6S8X1C",
            Scenario = "edge-node",
            Rig = "qemu-virt",
            Board = "virt-1",
            Verdict = Verdict.Pass,
            StartedAt = Start,
            Duration = TimeSpan.FromMilliseconds(14_250),
            Stages =
            [
                Stage("netboot", Verdict.Pass, null, Check("the firmware starts", Verdict.Pass, "U-Boot 2023.01")),
                Stage(
                    "attestation",
                    Verdict.Pass,
                    null,
                    new CheckResult(
                        "quote signature",
                        Verdict.Pass,
                        "ECDSA P-256",
                        ["boards/virt-1/quote.bin", "boards/virt-1/quote.sig"]
                    )
                ),
            ],
            Phases =
            [
                new BootPhase("firmware", TimeSpan.FromMilliseconds(262)),
                new BootPhase("attested", TimeSpan.FromMilliseconds(13_900)),
            ],
            Pcrs = [new PcrComparison(0, "00aa", "00aa", "firmware"), new PcrComparison(8, "11bb", "11BB", "target")],
            Facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["qemu"] = "7.2" },
        };

    public static RunRecord Failed { get; } =
        Passed with
        {
            Verdict = Verdict.Fail,
            Stages =
            [
                Passed.Stages[0],
                Stage(
                    "attestation",
                    Verdict.Fail,
                    "attestation denied (reference-value): PCR 8\n  → see the PCR table",
                    Check("reference values", Verdict.Fail, "PCR 8 differs")
                ),
            ],
            Pcrs =
            [
                new PcrComparison(0, "00aa", "00aa", "firmware"),
                new PcrComparison(8, "11bb", "22cc", "target"),
                new PcrComparison(9, null, "33dd", "?"),
            ],
        };

    public static RunRecord LabFault { get; } =
        Passed with
        {
            Verdict = Verdict.LabError,
            Stages = [Passed.Stages[0], Stage("attestation", Verdict.LabError, "dnsmasq: the port is taken")],
        };

    public static RunRecord Skipped { get; } =
        Passed with
        {
            Verdict = Verdict.Skipped,
            Stages = [Stage("netboot", Verdict.Skipped, "board 'virt-1' has no Tpm facet")],
        };

    /// <summary>Two boards, of which the second was switched on twice; power-on was when the run began.</summary>
    public static RunRecord Fleet { get; } =
        Passed with
        {
            Scenario = "fleet",
            Duration = TimeSpan.FromSeconds(33),
            Stages =
            [
                Passed.Stages[0] with
                {
                    Duration = TimeSpan.FromSeconds(8),
                },
                Passed.Stages[1] with
                {
                    StartedAt = Start.AddSeconds(9),
                    Duration = TimeSpan.FromSeconds(23),
                },
            ],
            Phases =
            [
                new BootPhase("firmware", TimeSpan.FromSeconds(0.5)),
                new BootPhase("power-on", TimeSpan.FromSeconds(1.5)) { Board = "virt-2" },
                new BootPhase("firmware", TimeSpan.FromSeconds(2)) { Board = "virt-2" },
                new BootPhase("attested", TimeSpan.FromSeconds(13)),
                new BootPhase("joined", TimeSpan.FromSeconds(15)),
                new BootPhase("joined", TimeSpan.FromSeconds(16)) { Board = "virt-2" },
                new BootPhase("power-on", TimeSpan.FromSeconds(30)) { Board = "virt-2" },
                new BootPhase("firmware", TimeSpan.FromSeconds(31)) { Board = "virt-2" },
            ],
        };

    /// <summary>A matrix in which one attack was refused as it must be, and three were not.</summary>
    public static RunRecord Matrix { get; } =
        Passed with
        {
            Scenario = "attacks",
            Board = "virt-1, virt-2",
            Verdict = Verdict.LabError,
            Stages = [],
            Phases = [],
            Pcrs = [],
            Attacks =
            [
                Attack("altered-firmware", new SeenRefusal("attestation", "reference-value"), Verdict.Pass, ""),
                Attack(
                    "event-log-truncated",
                    new SeenRefusal("measured-boot", "no-tpm"),
                    Verdict.Fail,
                    "refused at measured-boot instead of attestation: the board said refused (no-tpm): /dev/tpmrm0"
                ),
                Attack("insider-kernel", null, Verdict.Fail, "nothing refused: attestation denies: the evidence was accepted"),
                Attack("nonce-replay", null, Verdict.LabError, "stage prepare: dnsmasq: the port is taken"),
            ],
        };

    private static AttackResult Attack(string name, SeenRefusal? seen, Verdict verdict, string detail) =>
        new()
        {
            Name = name,
            Summary = $"what {name} tampers with",
            Class = "ATT&CK T1542.001: system firmware",
            Expected = new SeenRefusal("attestation", "reference-value"),
            Seen = seen,
            Verdict = verdict,
            Detail = detail,
            Board = "virt-1",
            Duration = TimeSpan.FromMilliseconds(21_400),
            Folder = $"attacks/{name}",
        };

    public static StageResult Stage(string name, Verdict verdict, string? error, params CheckResult[] checks) =>
        new(name, verdict, Start.AddSeconds(1), TimeSpan.FromMilliseconds(1_250), checks, error);

    public static CheckResult Check(string name, Verdict verdict, string detail) =>
        new(name, verdict, detail, ["boards/virt-1/console.log"]);
}
