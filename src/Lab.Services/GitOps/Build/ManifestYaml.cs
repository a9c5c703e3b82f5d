using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lab.Services.GitOps.Build;

/// <summary>
/// YAML to JSON as Kubernetes' own tools read it (Go's yaml.v3 through sigs.k8s.io/yaml): <c>yes</c> is a string, <c>0644</c> is octal. Limits on
/// depth and size hold before anything recurses, also through aliases.
/// </summary>
internal sealed class ManifestYaml
{
    private const int Deepest = 100;
    private const int MostNodes = 500_000;

    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, (JsonNode? Node, int Size)> _anchors = [];
    private int _nodes;

    private ManifestYaml(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The documents of a stream; empty ones are left out.</summary>
    /// <exception cref="BuildException">It is not YAML, or too deep or too large.</exception>
    public static IReadOnlyList<JsonNode> Parse(string text)
    {
        var reader = new ManifestYaml(text);
        try
        {
            var documents = new List<JsonNode>();
            reader._parser.Consume<StreamStart>();
            while (!reader._parser.Accept<StreamEnd>(out _))
            {
                reader._parser.Consume<DocumentStart>();
                if (reader.ReadNode(0) is { } document)
                    documents.Add(document);
                reader._parser.Consume<DocumentEnd>();
                reader._anchors.Clear();
            }

            return documents;
        }
        catch (YamlException exception)
        {
            throw new BuildException($"YAML, line {exception.Start.Line}: {exception.Message}", exception);
        }
    }

    private JsonNode? ReadNode(int depth)
    {
        if (depth > Deepest)
            throw new BuildException($"YAML deeper than {Deepest}");
        Count(1);
        var before = _nodes;
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            return Repeat(alias);
        var anchor = _parser.Current is NodeEvent node ? node.Anchor : AnchorName.Empty;
        JsonNode? value =
            _parser.TryConsume<Scalar>(out var scalar) ? ReadScalar(scalar)
            : _parser.TryConsume<SequenceStart>(out _) ? ReadSequence(depth)
            : ReadMapping(depth);
        if (!anchor.IsEmpty)
            _anchors[anchor] = (value, _nodes - before + 1);
        return value;
    }

    private JsonNode? Repeat(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var known))
            throw new BuildException($"YAML, line {alias.Start.Line}: no anchor {alias.Value} before its alias");
        // What an alias stands for counts each time it is used: nested aliases grow exponentially.
        Count(known.Size);
        return known.Node?.DeepClone();
    }

    private JsonArray ReadSequence(int depth)
    {
        var list = new JsonArray();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(ReadNode(depth + 1));
        }

        return list;
    }

    private JsonObject ReadMapping(int depth)
    {
        _parser.Consume<MappingStart>();
        var map = new JsonObject();
        var merged = new List<JsonNode?>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.Consume<Scalar>();
            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
                merged.Add(value);
            else if (!map.TryAdd(key.Value, value))
                throw new BuildException($"YAML, line {key.Start.Line}: the key {key.Value} is there twice");
        }

        foreach (var source in merged.SelectMany(value => value is JsonArray list ? list.ToList() : [value]).OfType<JsonObject>())
        {
            foreach (var (name, value) in source)
            {
                map.TryAdd(name, value?.DeepClone());
            }
        }

        return map;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MostNodes)
            throw new BuildException($"YAML of more than {MostNodes} nodes");
    }

    private static JsonValue? ReadScalar(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value == "tag:yaml.org,2002:str"))
            return JsonValue.Create(scalar.Value);
        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            var text when char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.' => Number(text),
            var text => JsonValue.Create(text),
        };
    }

    private static JsonValue Number(string text)
    {
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var isNegative = plain[0] == '-';
        var digits = plain.TrimStart('-', '+');
        if (digits.Length == plain.Length - 1 || digits.Length == plain.Length)
        {
            if (Integer(digits) is { } number && number <= long.MaxValue)
                return JsonValue.Create(isNegative ? -(long)number : (long)number);
            // Go's grammar of floats without its names: .inf and .nan have no place in JSON.
            if (
                digits.Length > 0
                && digits.All(letter => char.IsAsciiDigit(letter) || letter is '.' or 'e' or 'E' or '+' or '-')
                && (char.IsAsciiDigit(digits[0]) || (digits.Length > 1 && digits[0] == '.' && char.IsAsciiDigit(digits[1])))
                && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
                && double.IsFinite(real)
            )
                return JsonValue.Create(real);
        }

        return JsonValue.Create(text);
    }

    private static ulong? Integer(string digits)
    {
        try
        {
            return digits switch
            {
                ['0', 'x' or 'X', .. var rest] when rest.Length > 0 && rest.All(char.IsAsciiHexDigit) => Convert.ToUInt64(
                    rest,
                    16
                ),
                ['0', 'b' or 'B', .. var rest] when rest.Length > 0 && rest.All(digit => digit is '0' or '1') => Convert.ToUInt64(
                    rest,
                    2
                ),
                ['0', 'o' or 'O', .. var rest] when rest.Length > 0 && rest.All(IsOctal) => Convert.ToUInt64(rest, 8),
                ['0', .. var rest] when rest.Length > 0 && rest.All(IsOctal) => Convert.ToUInt64(rest, 8),
                _ when digits.Length > 0 && digits.All(char.IsAsciiDigit) && (digits.Length == 1 || digits[0] != '0') =>
                    ulong.Parse(digits, CultureInfo.InvariantCulture),
                _ => null,
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static bool IsOctal(char digit) => digit is >= '0' and <= '7';
}
