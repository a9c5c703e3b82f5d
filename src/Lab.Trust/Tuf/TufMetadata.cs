using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Lab.Trust.Tuf;

/// <summary>One signed metadata file: its exact bytes, the members that all roles share, and the parsed tree.</summary>
internal sealed class TufMetadata
{
    /// <summary>Bounds the work of reading; a role has at most <see cref="TufParser.MaximumKeysPerRole"/> useful ones.</summary>
    private const int MaximumSignatures = 1024;

    private TufMetadata(byte[] bytes, JsonElement signed, byte[] canonical, IReadOnlyDictionary<string, byte[]> signatures)
    {
        Bytes = bytes;
        Signed = signed;
        Canonical = canonical;
        Signatures = signatures;
        Version = StrictJson.Integer(signed, "version", minimum: 1);
        Expires = ParseTime(StrictJson.String(signed, "expires"));
    }

    /// <summary>The file as it came.</summary>
    public byte[] Bytes { get; }

    /// <summary>The <c>signed</c> member, unknown fields included.</summary>
    public JsonElement Signed { get; }

    /// <summary>What the signatures are made over.</summary>
    public byte[] Canonical { get; }

    /// <summary>By key id.</summary>
    public IReadOnlyDictionary<string, byte[]> Signatures { get; }

    public long Version { get; }

    public DateTimeOffset Expires { get; }

    /// <param name="bytes">Kept; must not change afterwards.</param>
    /// <param name="type">The <c>_type</c> that the file must have.</param>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/>.</exception>
    public static TufMetadata Parse(byte[] bytes, string type)
    {
        try
        {
            if (!Utf8.IsValid(bytes))
            {
                throw StrictJson.Invalid("not UTF-8.");
            }
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = StrictJson.MaximumDepth };
            using var document = JsonDocument.Parse(bytes, options);
            var root = document.RootElement.Clone();
            var signed = StrictJson.Member(root, "signed", JsonValueKind.Object);
            CheckHeader(signed, type);
            return new TufMetadata(bytes, signed, CanonicalJson.Encode(signed), ReadSignatures(root));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw StrictJson.Invalid(e.Message, e);
        }
    }

    /// <summary>The one form of time that the specification allows (4.2.1).</summary>
    public static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            "yyyy-MM-dd'T'HH:mm:ss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : throw StrictJson.Invalid($"'expires' is not YYYY-MM-DDTHH:MM:SSZ: '{text}'.");

    private static void CheckHeader(JsonElement signed, string type)
    {
        var actual = StrictJson.String(signed, "_type");
        if (actual != type)
        {
            throw StrictJson.Invalid($"'_type' is '{actual}', not '{type}'.");
        }
        var version = StrictJson.String(signed, "spec_version").Split('.');
        if (
            version.Length is < 2 or > 3
            || version[0] != "1"
            || !version.All(part => part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit))
        )
        {
            throw StrictJson.Invalid("'spec_version' is not 1.x.");
        }
    }

    private static Dictionary<string, byte[]> ReadSignatures(JsonElement root)
    {
        var items = StrictJson.Member(root, "signatures", JsonValueKind.Array);
        if (items.GetArrayLength() > MaximumSignatures)
        {
            throw StrictJson.Invalid($"more than {MaximumSignatures} signatures.");
        }
        var signatures = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var item in items.EnumerateArray())
        {
            var keyId = StrictJson.String(item, "keyid");
            // Not hex digits: as good as absent, because other signatures may reach the threshold.
            var bytes = HexText.TryDecode(StrictJson.String(item, "sig"), out var value) ? value : [];
            if (!signatures.TryAdd(keyId, bytes))
            {
                throw StrictJson.Invalid($"two signatures of key {keyId}.");
            }
        }
        return signatures;
    }
}
