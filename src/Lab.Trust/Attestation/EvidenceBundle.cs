using System.Security.Cryptography;
using System.Text.Json;
using Lab.Trust.EventLogs;

namespace Lab.Trust.Attestation;

/// <summary>Everything that one appraisal looked at, as files: enough for anybody to judge again.</summary>
/// <param name="Identity">What the board enrolled with.</param>
/// <param name="Nonce">The nonce that was asked for; empty where it came to none.</param>
/// <param name="Quote">What it was judged by; null where it came to none.</param>
public sealed record EvidenceBundle(IdentityEvidence Identity, byte[] Nonce, QuoteEvidence? Quote)
{
    /// <summary>The file of the verifier's signed statement, beside the evidence.</summary>
    public const string StatementFile = "appraisal.dsse.json";

    private const string EkCertificateFile = "ek.crt";
    private const string EkPublicFile = "ek.pub";
    private const string AkPublicFile = "ak.pub";
    private const string NonceFile = "nonce";
    private const string NodeKeyFile = "node-key.sha256";
    private const string AttestFile = "quote.bin";
    private const string SignatureFile = "quote.sig";
    private const string EventLogFile = "eventlog.bin";
    private const string PcrsFile = "pcrs.json";

    // The smallest unit above the limits of the verifier, which are to judge what is too large.
    private const int MaxSmallFile = 64 * 1024;

    /// <summary>SHA-256 of the node's key that the board says its quote binds; null when it states none.</summary>
    public byte[]? NodeKeySha256 { get; init; }

    /// <summary>The files: name and content; those that are not empty.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> ToFiles()
    {
        KeyValuePair<string, byte[]?>[] files =
        [
            new(EkCertificateFile, Identity.EkCertificate),
            new(EkPublicFile, Identity.EkPublic),
            new(AkPublicFile, Identity.AkPublic),
            new(NonceFile, Nonce),
            new(NodeKeyFile, NodeKeySha256),
            new(AttestFile, Quote?.Attest),
            new(SignatureFile, Quote?.Signature),
            new(EventLogFile, Quote?.EventLog),
            new(PcrsFile, Quote?.Pcrs is { } pcrs ? WritePcrs(pcrs) : null),
        ];
        return
        [
            .. files
                .Where(file => file.Value is { Length: > 0 })
                .Select(file => new KeyValuePair<string, byte[]>(file.Key, file.Value!)),
        ];
    }

    /// <summary>File name → SHA-256 in lower-case hexadecimal, as a statement names them.</summary>
    public IReadOnlyDictionary<string, string> ToDigests() =>
        ToFiles()
            .ToDictionary(
                file => file.Key,
                file => Convert.ToHexStringLower(SHA256.HashData(file.Value)),
                StringComparer.Ordinal
            );

    /// <summary>Reads the files of a folder; one that is missing is empty evidence, for the verifier to refuse.</summary>
    /// <exception cref="EvidenceException">There is no quote, or a file cannot be read.</exception>
    public static EvidenceBundle Read(string folder)
    {
        byte[] Bytes(string name, int limit = MaxSmallFile) => ReadFile(folder, name, limit) ?? [];
        var attest = ReadFile(folder, AttestFile, MaxSmallFile) ?? throw new EvidenceException("there is no quote", folder);
        var pcrs = ReadFile(folder, PcrsFile, MaxSmallFile);
        return new EvidenceBundle(
            new IdentityEvidence(Bytes(EkCertificateFile), Bytes(EkPublicFile), Bytes(AkPublicFile)),
            Bytes(NonceFile),
            new QuoteEvidence(
                attest,
                Bytes(SignatureFile),
                Bytes(EventLogFile, EventLogLimits.MaxLogBytes + 1),
                pcrs is null ? null : ReadPcrs(Path.Combine(folder, PcrsFile), pcrs)
            )
        )
        {
            NodeKeySha256 = ReadFile(folder, NodeKeyFile, MaxSmallFile),
        };
    }

    /// <summary>The verifier's signed statement in a folder of evidence, or null.</summary>
    /// <exception cref="EvidenceException">It cannot be read.</exception>
    public static byte[]? ReadStatement(string folder) => ReadFile(folder, StatementFile, DsseEnvelope.MaxBytes);

    private static byte[]? ReadFile(string folder, string name, int limit)
    {
        var path = Path.Combine(folder, name);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return null;
            }

            return file.Length <= limit
                ? File.ReadAllBytes(path)
                : throw new EvidenceException($"{file.Length} bytes are above the limit of {limit}", path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvidenceException(e.Message, path, e);
        }
    }

    private static byte[] WritePcrs(IReadOnlyDictionary<int, byte[]> pcrs)
    {
        var document = new SortedDictionary<int, string>(
            pcrs.ToDictionary(pcr => pcr.Key, pcr => Convert.ToHexStringLower(pcr.Value))
        );
        return JsonSerializer.SerializeToUtf8Bytes(document, AttestationJson.Default.SortedDictionaryInt32String);
    }

    private static Dictionary<int, byte[]> ReadPcrs(string path, byte[] json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json, AttestationJson.Default.SortedDictionaryInt32String);
            return document?.ToDictionary(pcr => pcr.Key, pcr => Convert.FromHexString(pcr.Value))
                ?? throw new EvidenceException("the PCR values are null", path);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new EvidenceException(e.Message, path, e);
        }
    }
}
