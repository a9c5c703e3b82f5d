namespace Lab.Controller.Rigs;

/// <summary>
/// What may stand in a rig file. The reader refuses everything else; <c>schema/rig.schema.json</c> says the same to editors, and a test
/// compares the two.
/// </summary>
internal static class RigSyntax
{
    /// <summary>Rig and board names become folder names, host names and parts of socket names: lower-case letters, digits, hyphens.</summary>
    public const string NamePattern = "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$";

    public const string MemoryPattern = "^[1-9][0-9]{0,5}(MiB|GiB)$";

    public const string MacPattern = "^[0-9a-f]{2}(:[0-9a-f]{2}){5}$";

    /// <summary>The years that QEMU's and the kernel's clocks both know: 32 bits of seconds since 1970.</summary>
    public const string ClockPattern =
        "^(19[789][0-9]|20[0-9]{2}|210[0-5])-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$";

    public const string TargetPattern = "^os/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$";

    /// <summary>Below this, firmware, boot agent, kernel and root file system do not fit beside one another during kexec.</summary>
    public const long LeastMemory = 384L << 20;

    public const long MostMemory = 64L << 30;

    /// <summary>QEMU's virt machine has a GICv2 by default, which serves eight processors.</summary>
    public const int MostCpus = 8;

    public static readonly string[] NetworkModes = ["auto", "segment", "user"];

    public static readonly string[] Drivers = [RigBoard.VirtualDriver, RigBoard.WiredDriver];

    /// <summary>The keys of a virtual board.</summary>
    public static readonly string[] VirtualKeys =
    [
        "name",
        "template",
        "driver",
        "memory",
        "cpus",
        "tpm",
        "mac",
        "clock",
        "firmware",
    ];

    /// <summary>The keys of a real board.</summary>
    public static readonly string[] WiredKeys =
    [
        "name",
        "template",
        "driver",
        "mac",
        "power",
        "console",
        "tpm",
        "firmware",
        "boot-loader",
    ];

    /// <summary>IFNAMSIZ leaves 15 characters: if(7).</summary>
    public const string InterfacePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$";

    /// <summary>A Raspberry Pi's serial number, or another prefix of one folder.</summary>
    public const string PrefixPattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$";

    public static readonly string[] Tpms = ["swtpm", "none"];

    public static readonly string[] Flavors = ["auto", "kubeadm-debian", "kubeadm", "k3s"];

    public static readonly string[] Engines = ["embedded", "flux"];

    public const string VersionPattern = @"^v1\.[1-9][0-9]?\.[0-9]{1,2}(\+k3s[0-9])?$";

    public const string Sha256Pattern = "^[0-9a-f]{64}$";

    /// <summary>A shorter interval would keep a slow TPM busy with nothing else.</summary>
    public const int LeastInterval = 5;

    public const int MostInterval = 3600;

    /// <summary>A shorter life would leave a slow board no time to renew its certificate.</summary>
    public const int LeastCertificate = 120;

    public const int MostCertificate = 86400;

    private static readonly string[] Booleans = ["true", "false"];

    public static MapSyntax Network { get; } =
        new(
            "the network",
            [
                new("mode", "how the boards are wired to the services", Allowed: NetworkModes),
                new("interface", "the interface of this host that real boards are on, such as eth1"),
            ]
        );

    public static MapSyntax Services { get; } =
        new(
            "the services",
            [
                new("netboot", "whether DHCP, TFTP and HTTP are offered", Allowed: Booleans),
                new("registry", "whether an OCI registry is offered", Allowed: Booleans),
                new("tuf", "whether a TUF repository is offered", Allowed: Booleans),
                new("attestation", "whether attestation is offered", Allowed: Booleans),
                new("cluster", "whether a Kubernetes cluster is offered", Allowed: Booleans),
                new("git", "whether a Git repository rules the cluster", Allowed: Booleans),
            ]
        );

    public static MapSyntax Attestation { get; } =
        new(
            "the attestation policy",
            [
                new("pcrs", "a list of PCR indices from 0 to 23, without 16 and 23"),
                new("interval", $"seconds, from {LeastInterval} to {MostInterval}"),
            ]
        );

    public static MapSyntax Cluster { get; } =
        new(
            "the cluster",
            [
                new("flavor", "what the cluster is made of", Allowed: Flavors),
                new("version", "a Kubernetes version such as v1.34.2"),
                new("sha256", "64 hexadecimal digits: the hash of the release's list of checksums"),
                new("mirror", "a folder or an HTTP origin"),
                new("certificate", $"seconds, from {LeastCertificate} to {MostCertificate}"),
            ]
        );

    public static MapSyntax GitOps { get; } =
        new(
            "GitOps",
            [new("engine", "what applies the repository", Allowed: Engines), new("fleet", "a folder, relative to the rig file")]
        );

    public static MapSyntax InstalledTpm { get; } =
        new(
            "the TPM",
            [
                new("certificate", "the file with its endorsement key's certificate", Required: true),
                new("authority", "the file with the certificates of the authority that signed it", Required: true),
            ]
        );

    public static MapSyntax BootLoader { get; } =
        new(
            "the boot loader",
            [
                new("prefix", "the folder that it asks for: a Raspberry Pi's serial number", Required: true),
                new("files", "the folder that is served there, relative to the rig file", Required: true),
            ]
        );

    /// <summary>What a template may have.</summary>
    public static MapSyntax Template { get; } =
        new(
            "a template",
            [
                new("driver", "what the board is", Allowed: Drivers),
                new("memory", "a size such as 512MiB or 1GiB"),
                new("cpus", $"a number from 1 to {MostCpus}"),
                new("tpm", "where the board's TPM comes from: swtpm, none, or a mapping for a real one"),
                new("mac", "a MAC address such as 52:54:00:12:34:56"),
                new("clock", "a moment such as 2001-02-03T04:05:06Z"),
                new("firmware", "a file, relative to the rig file"),
                new("power", "what switches a real board's power: a mapping with a driver"),
                new("console", "a real board's console: a mapping with a driver, or a list of them"),
                new("boot-loader", "where a real board gets its firmware from: a mapping"),
            ]
        );

    public static MapSyntax Board { get; } =
        new(
            "a board",
            [
                new("name", "a name of lower-case letters, digits and hyphens", Required: true),
                new("template", "one of the rig's templates"),
                .. Template.Keys,
            ]
        );

    public static MapSyntax Rig { get; } =
        new(
            "the rig",
            [
                new("rig", "a name of lower-case letters, digits and hyphens", Required: true),
                new("network", "a mapping", Map: Network),
                new("services", "a mapping", Map: Services),
                new("target", "the TUF target that the boards start, such as os/edge-node"),
                new("attestation", "a mapping", Map: Attestation),
                new("cluster", "a mapping", Map: Cluster),
                new("gitops", "a mapping", Map: GitOps),
                new("templates", "a mapping: what boards have in common, by names"),
                new("boards", "a list of boards", Required: true, Map: Board),
            ]
        );
}
