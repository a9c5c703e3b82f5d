using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lab.Controller.Commands;
using Lab.Controller.Rigs;
using Lab.Model.Errors;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.Controller.Policies;

/// <summary>Reads policies, YAML or JSON, as strictly as rigs: nothing unknown, nothing missing, every error with its line and column.</summary>
internal sealed class PolicyReader
{
    private const int MostFileBytes = 128 * 1024 * 1024;

    private readonly string _file;
    private readonly RigMap _map;

    private PolicyReader(string text, string file)
    {
        _file = file;
        _map = new RigMap(YamlTree.Parse(text, file), PolicySyntax.Policy);
    }

    /// <summary>Reads a policy file; paths in it are relative to its folder.</summary>
    /// <exception cref="RigException">It is no policy; says where and what is allowed.</exception>
    public static AppraisalPolicy Read(string file)
    {
        try
        {
            var bytes = TrustErrors.Read(file);
            var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return Parse(encoding.GetString(bytes), file);
        }
        catch (DecoderFallbackException exception)
        {
            throw new RigException("the file is not UTF-8 text", file, inner: exception);
        }
    }

    internal static AppraisalPolicy Parse(string text, string file) => new PolicyReader(text, file).Read();

    private AppraisalPolicy Read()
    {
        var reference = ReadReference();
        var bank = ReadBank(reference);
        var values = reference?.Pcrs.ToDictionary() ?? [];
        var rules = new Dictionary<int, IReadOnlyList<EventRule>>();
        ReadPcrs(TpmHash.SizeOf(bank)!.Value, values, rules);
        var endorsement = _map.Map("endorsement");
        var verifiers = ReadVerifiers();
        if (endorsement is not null && verifiers.Count == 0)
        {
            throw new RigException(
                "whether an attestation key is in the TPM of an EK, only the verifier of that time saw",
                $"{endorsement.At}",
                "add 'verifiers:' with the public keys of those whose statements you rely on"
            );
        }

        var events = new EventPolicy
        {
            Rules = rules,
            DeniedDigests = Digests(_map, "denied", PolicySyntax.DigestPattern),
            MinimumTpmFirmware = endorsement?.Matching("minimumFirmware", PolicySyntax.FirmwarePattern) is { } firmware
                ? ulong.Parse(firmware.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : null,
        };
        var names = Digests(_map, "attestationKeys", PolicySyntax.AkNamePattern);
        try
        {
            var policy = AppraisalPolicy.Create(
                _map.Text("policy")!,
                bank,
                values,
                events,
                ReadPcr0Start(bank, reference),
                endorsement is null ? null : ReadEndorsement(endorsement),
                verifiers,
                _map.Has("attestationKeys") ? names : null
            );
            return policy with
            {
                RequiresNodeKey = _map.OneOf("nodeKey") == "required",
                AllowedEks =
                    endorsement?.Has("allowed") == true ? Digests(endorsement, "allowed", PolicySyntax.Sha256Pattern) : null,
            };
        }
        catch (ReferenceValuesException exception)
        {
            throw new RigException(exception.Message, $"{_map.At}", inner: exception);
        }
    }

    private ReferenceValues? ReadReference() =>
        _map.Has("reference")
            ? TrustErrors.Translate($"{_map.Where("reference")}", () => ReferenceValues.Parse(ReadFile(_map, "reference")))
            : null;

    private TpmAlgorithm ReadBank(ReferenceValues? reference)
    {
        var bank = _map.OneOf("bank") is { } name ? Enum.Parse<TpmAlgorithm>(name, ignoreCase: true) : reference?.Bank;
        return reference is null || reference.Bank == bank
            ? bank ?? TpmAlgorithm.Sha256
            : throw new RigException(
                $"the reference values are of {reference.Bank}, and the bank is {bank}",
                $"{_map.Where("bank")}"
            );
    }

    private byte[]? ReadPcr0Start(TpmAlgorithm bank, ReferenceValues? reference)
    {
        if (!_map.Has("firmware"))
        {
            return reference?.Pcr0Start;
        }

        return reference?.Pcr0Start is null
            ? HardwareCrtm.StartValue(bank, TpmHash.Compute(bank, ReadFile(_map, "firmware")))
            : throw new RigException(
                "the reference values already say what PCR 0 starts with",
                $"{_map.Where("firmware")}",
                "remove 'firmware'"
            );
    }

    private void ReadPcrs(
        int digestSize,
        Dictionary<int, IReadOnlyList<byte[]>> values,
        Dictionary<int, IReadOnlyList<EventRule>> rules
    )
    {
        if (_map.Node("pcrs") is not { } node)
        {
            return;
        }

        if (node is not YamlNode.Map pcrs)
        {
            throw _map.Wrong("pcrs", node);
        }

        foreach (var (key, value) in pcrs.Entries)
        {
            // In JSON every key is quoted.
            var pcr = _map.Number("pcrs", key with { IsPlain = true }, 0, PcrSelection.PcrCount - 1);
            if (values.ContainsKey(pcr) || rules.ContainsKey(pcr))
            {
                throw new RigException($"PCR {pcr} is judged twice", $"{key.At}", "remove it here or from the reference values");
            }

            var isList = value is YamlNode.List;
            var map = isList ? null : new RigMap(value, PolicySyntax.Pcr);
            if (map is not null && map.Has("values") == map.Has("events"))
            {
                throw new RigException("a PCR has either 'values' or 'events'", $"{map.At}");
            }

            if (map?.Has("events") == true)
            {
                rules[pcr] = [.. map.List("events").Select(item => ReadRule(item, digestSize))];
            }
            else
            {
                var list = map?.List("values") ?? ((YamlNode.List)value).Items;
                values[pcr] = [.. list.Select(item => ReadDigest(item, digestSize))];
                if (values[pcr].Count == 0)
                {
                    throw new RigException($"PCR {pcr} has no value, so no board could pass", $"{value.At}");
                }
            }
        }
    }

    private static EventRule ReadRule(YamlNode node, int digestSize)
    {
        var map = new RigMap(node, PolicySyntax.Rule);
        string[] ways = ["digests", "text", "version"];
        if (ways.Count(map.Has) != 1)
        {
            throw new RigException("a rule has one of 'digests', 'text' and 'version'", $"{map.At}");
        }

        var version = map.Map("version");
        var floor = version is null ? null : new VersionFloor(version.Text("prefix")!, version.Text("minimum")!);
        if (floor is not null && !VersionFloor.IsVersion(floor.Minimum))
        {
            throw new RigException(
                $"'{floor.Minimum}' is not a version",
                $"{version!.Where("minimum")}",
                "minimum: numbers separated by dots, such as 2023.01"
            );
        }

        var digests = map.List("digests").Select(item => ReadDigest(item, digestSize)).ToList();
        return map.Has("digests") && digests.Count == 0
            ? throw new RigException("a rule without a digest lets nothing pass", $"{map.Where("digests")}")
            : new EventRule(ReadType(map), digests, map.Text("text"), floor, map.Flag("optional", otherwise: false));
    }

    private static LogEventType? ReadType(RigMap map)
    {
        if (map.Text("type") is not { } name)
        {
            return null;
        }

        return Enum.GetValues<LogEventType>()
                .Where(type => LogEventTypes.NameOf(type) == name)
                .Cast<LogEventType?>()
                .FirstOrDefault()
            ?? throw new RigException(
                $"'{name}' is not an event type",
                $"{map.Where("type")}",
                "such as EV_IPL or EV_EFI_ACTION"
            );
    }

    private EndorsementTrust ReadEndorsement(RigMap map)
    {
        var roots = ReadCertificates(map, "roots");
        return roots.Count > 0
            ? new EndorsementTrust(
                roots,
                ReadCertificates(map, "intermediates"),
                Digests(map, "denied", PolicySyntax.Sha256Pattern)
            )
            : throw new RigException("there is no root, so no TPM could pass", $"{map.Where("roots")}");
    }

    private X509Certificate2Collection ReadCertificates(RigMap map, string key)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var item in map.List(key))
        {
            var bytes = ReadFile(map, key, item);
            try
            {
                if (bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0)
                {
                    certificates.ImportFromPem(Encoding.UTF8.GetString(bytes));
                }
                else
                {
                    certificates.Add(X509CertificateLoader.LoadCertificate(bytes));
                }
            }
            catch (CryptographicException exception)
            {
                throw new RigException($"this is not a certificate: {exception.Message}", $"{item.At}", inner: exception);
            }
        }

        return certificates;
    }

    private List<string> ReadVerifiers()
    {
        var keys = new List<string>();
        foreach (var item in _map.List("verifiers"))
        {
            var pem = Encoding.UTF8.GetString(ReadFile(_map, "verifiers", item));
            if (StatementVerifier.FindKeyFault(pem) is { } fault)
            {
                throw new RigException(fault, $"{item.At}");
            }

            keys.Add(pem);
        }

        return keys;
    }

    private static HashSet<string> Digests(RigMap map, string key, string pattern)
    {
        var digests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in map.List(key))
        {
            digests.Add(map.Matching(key, item, pattern));
        }

        return digests;
    }

    private static byte[] ReadDigest(YamlNode node, int size) =>
        node is YamlNode.Scalar { Value: var hex } && hex.Length == 2 * size && hex.All(char.IsAsciiHexDigitLower)
            ? Convert.FromHexString(hex)
            : throw new RigException(
                $"a digest cannot be {node.Kind}",
                $"{node.At}",
                $"{2 * size} lower-case hexadecimal digits, in quotes where they are only digits"
            );

    private byte[] ReadFile(RigMap map, string key) => ReadFile(map, key, map.Node(key)!);

    private byte[] ReadFile(RigMap map, string key, YamlNode node)
    {
        if (node is not YamlNode.Scalar { Value: { Length: > 0 } name } || name.Contains('\0', StringComparison.Ordinal))
        {
            throw map.Wrong(key, node);
        }

        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file))!, name));
        try
        {
            return new FileInfo(path).Length <= MostFileBytes
                ? File.ReadAllBytes(path)
                : throw new RigException($"{path} is too large", $"{node.At}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RigException(
                $"'{key}' names a file that cannot be read: {exception.Message}",
                $"{node.At}",
                inner: exception
            );
        }
    }
}
