using Lab.Controller.Rigs;

namespace Lab.Controller.Policies;

/// <summary>What may stand in a policy file; the reader refuses everything else.</summary>
internal static class PolicySyntax
{
    /// <summary>SHA-256, SHA-384 or SHA-512; the bank decides which.</summary>
    public const string DigestPattern = "^([0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$";

    public const string Sha256Pattern = "^[0-9a-f]{64}$";

    /// <summary>A TPM's name: the algorithm (SHA-256 or SHA-384) and a digest.</summary>
    public const string AkNamePattern = "^(000b[0-9a-f]{64}|000c[0-9a-f]{96})$";

    public const string FirmwarePattern = "^0x[0-9a-f]{1,16}$";

    public static readonly string[] Banks = ["sha256", "sha384", "sha512"];

    private static readonly string[] NodeKeys = ["required", "optional"];

    private static readonly string[] Booleans = ["true", "false"];

    public static MapSyntax Endorsement { get; } =
        new(
            "the endorsement",
            [
                new("roots", "a list of files with CA certificates, relative to the policy", Required: true),
                new("intermediates", "a list of files with CA certificates"),
                new("allowed", "a list of SHA-256 of EK certificates: the only TPMs that are accepted"),
                new("denied", "a list of SHA-256 of EK certificates"),
                new("minimumFirmware", "the TPM's own firmware version such as 0x2019102300163636"),
            ]
        );

    public static MapSyntax Version { get; } =
        new(
            "the version",
            [
                new("prefix", "what stands before the version, such as 'U-Boot '", Required: true),
                new("minimum", "numbers separated by dots, such as 2023.01", Required: true),
            ]
        );

    public static MapSyntax Rule { get; } =
        new(
            "a rule for an event",
            [
                new("type", "an event type such as EV_IPL"),
                new("digests", "a list of digests, one of which the event must have"),
                new("text", "the text that must have been measured"),
                new("version", "a mapping: the version that must have been measured at least", Map: Version),
                new("optional", "whether the event may be missing", Allowed: Booleans),
            ]
        );

    public static MapSyntax Pcr { get; } =
        new(
            "a PCR",
            [
                new("values", "a list of digests, one of which the PCR must have"),
                new("events", "a list of rules: exactly the events of this PCR, in their order", Map: Rule),
            ]
        );

    public static MapSyntax Policy { get; } =
        new(
            "the policy",
            [
                new("policy", "its name", Required: true),
                new("endorsement", "a mapping: whose TPMs are TPMs", Map: Endorsement),
                new("verifiers", "a list of files with public keys (PEM, ECDSA P-256) whose signed statements count"),
                new("attestationKeys", "a list of names of the only attestation keys that are accepted"),
                new("nodeKey", "whether the quote must bind a node's key", Allowed: NodeKeys),
                new("bank", "the PCR bank", Allowed: Banks),
                new("firmware", "the file that a ROM measured into PCR 0 before the log begins"),
                new("reference", "a file as 'hwlab pcr predict --reference' writes it"),
                new("pcrs", "a mapping: PCR → a list of values, or a mapping with values or events"),
                new("denied", "a list of digests that no event and no PCR may have"),
            ]
        );
}
