using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lab.BootAgent.Cluster;

/// <summary>
/// What attestation releases to a node: how to join its cluster. It came sealed to this TPM, but whoever knows the TPM's public keys can
/// seal to it: so every field is checked before it goes into a file or a command line.
/// </summary>
/// <param name="Node">The node's name.</param>
/// <param name="Token">The bootstrap token.</param>
/// <param name="ApiServer">The API server's URL.</param>
/// <param name="CaCertHash"><c>sha256:…</c> of the cluster CA's public key.</param>
/// <param name="Kubernetes">The cluster's version.</param>
/// <param name="AttestEvery">Pause between two renewals of the attestation.</param>
/// <param name="PodCidr">The range of the node's pods.</param>
/// <param name="Registry">The name under which images of the rig's own registry are known.</param>
internal sealed partial record JoinSecret(
    string Node,
    string Token,
    Uri ApiServer,
    string CaCertHash,
    Version Kubernetes,
    TimeSpan AttestEvery,
    IPNetwork PodCidr,
    string Registry
)
{
    /// <summary>The lab's time when it released this; null where it does not say. As authentic as the authority that is named beside it.</summary>
    public DateTimeOffset? Time { get; init; }

    private const int LongestPauseSeconds = 24 * 60 * 60;
    private const int MatchLimit = 1000; // milliseconds; no field is longer than a DNS name

    /// <summary>Reads a secret.</summary>
    /// <exception cref="FormatException">Not one: a field is missing or not what it should be. Never says a field's value.</exception>
    public static JoinSecret Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            var root = document.RootElement;
            return new JoinSecret(
                ReadNode(root),
                Text(root, "token", TokenPattern()),
                Uri.TryCreate(Text(root, "apiServer", UrlPattern()), UriKind.Absolute, out var url)
                    ? url
                    : throw Bad("apiServer"),
                Text(root, "caCertHash", HashPattern()),
                Version.Parse(Text(root, "kubernetes", VersionPattern())[1..].Split('-', '+')[0]),
                ReadPause(root),
                IPNetwork.TryParse(Text(root, "podCidr", RangePattern()), out var range) ? range : throw Bad("podCidr"),
                Text(root, "registry", NamePattern())
            )
            {
                Time = ReadTime(root),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException("the released secret is not the JSON object of a join", error);
        }
    }

    /// <summary>The pause that a renewal asks for; null if it says none.</summary>
    /// <param name="json">What a renewal released.</param>
    /// <param name="node">The node's name, which it must say.</param>
    /// <exception cref="FormatException">Not a renewal, or not this node's.</exception>
    public static TimeSpan ParseRenewal(ReadOnlyMemory<byte> json, string node)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            return ReadNode(document.RootElement) == node ? ReadPause(document.RootElement) : throw Bad("node");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException("the renewal is not a JSON object", error);
        }
    }

    private static string ReadNode(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("version", out var version)
        && version.ValueKind == JsonValueKind.Number
        && version.TryGetInt32(out var number)
        && number == 1
            ? Text(root, "node", NamePattern())
            : throw Bad("version");

    private static TimeSpan ReadPause(JsonElement root) =>
        root.TryGetProperty("attestEverySeconds", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var seconds)
        && seconds is > 0 and <= LongestPauseSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw Bad("attestEverySeconds");

    private static DateTimeOffset? ReadTime(JsonElement root) =>
        !root.TryGetProperty("time", out var value) ? null
        : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time
        : throw Bad("time");

    private static string Text(JsonElement root, string name, Regex pattern) =>
        root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: <= 253 } text
        && pattern.IsMatch(text)
            ? text
            : throw Bad(name);

    private static FormatException Bad(string name) => new($"the released secret has no proper '{name}'");

    // A DNS name (RFC 1123): nodes' names and registries' names.
    [GeneratedRegex(
        @"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchLimit
    )]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9]{6}\.[a-z0-9]{16}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchLimit)]
    private static partial Regex TokenPattern();

    [GeneratedRegex(
        @"\Ahttps://[A-Za-z0-9.-]+:[0-9]{1,5}/?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchLimit
    )]
    private static partial Regex UrlPattern();

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchLimit)]
    private static partial Regex HashPattern();

    [GeneratedRegex(
        @"\Av[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}([-+][0-9A-Za-z.+-]*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchLimit
    )]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"\A[0-9.]{7,15}/[0-9]{1,2}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchLimit)]
    private static partial Regex RangePattern();
}
