using System.Globalization;
using System.Text.RegularExpressions;
using Lab.Model.Errors;

namespace Lab.Controller.Rigs;

/// <summary>A mapping of a rig file, checked against its syntax: nothing unknown, nothing missing. Its values are taken one by one.</summary>
internal sealed class RigMap
{
    private readonly MapSyntax _syntax;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    /// <exception cref="RigException">The node is not a mapping, has an unknown key or lacks a required one.</exception>
    public RigMap(YamlNode node, MapSyntax syntax)
    {
        _syntax = syntax;
        At = node.At;
        if (node is not YamlNode.Map map)
        {
            throw new RigException(
                $"{syntax.Name} is {node.Kind}, where a mapping belongs",
                $"{At}",
                $"its keys: {syntax.Names}"
            );
        }

        foreach (var (key, value) in map.Entries)
        {
            if (!syntax.Keys.Any(known => known.Name == key.Value))
            {
                throw Unknown(key);
            }

            _values.Add(key.Value, value);
        }

        if (syntax.Keys.FirstOrDefault(known => known.Required && !_values.ContainsKey(known.Name)) is { } missing)
        {
            throw new RigException(
                $"{syntax.Name} lacks the key '{missing.Name}'",
                $"{At}",
                $"add '{missing.Name}:' with {missing.Expected}"
            );
        }
    }

    public SourceMark At { get; }

    public SourceMark Where(string key) => _values.TryGetValue(key, out var node) ? node.At : At;

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>What stands under a key, or null.</summary>
    public YamlNode? Node(string key) => _values.GetValueOrDefault(key);

    /// <summary>The mapping under a key, or null.</summary>
    public RigMap? Map(string key) => _values.TryGetValue(key, out var node) ? new RigMap(node, _syntax[key].Map!) : null;

    /// <summary>The items under a key; none where it is missing.</summary>
    public IReadOnlyList<YamlNode> List(string key) =>
        !_values.TryGetValue(key, out var node) ? []
        : node is YamlNode.List list ? list.Items
        : throw Wrong(key, node);

    /// <summary>The word under a key, one of those allowed, or null.</summary>
    public string? OneOf(string key)
    {
        var value = Text(key);
        return value is null || _syntax[key].Allowed!.Contains(value, StringComparer.Ordinal)
            ? value
            : throw Wrong(key, _values[key]);
    }

    /// <summary>The word under a key, one of those, or null.</summary>
    public string? Word(string key, IReadOnlyList<string> allowed) =>
        !_values.TryGetValue(key, out var node) ? null
        : node is YamlNode.Scalar scalar && allowed.Contains(scalar.Value, StringComparer.Ordinal) ? scalar.Value
        : throw new RigException(
            $"'{key}' of {_syntax.Name} cannot be {node.Kind}",
            $"{node.At}",
            $"{key}: one of: {string.Join(", ", allowed)}"
        );

    /// <summary>A boolean, <c>true</c> or <c>false</c> and no other word for it.</summary>
    public bool Flag(string key, bool otherwise) => OneOf(key) is { } value ? value == "true" : otherwise;

    /// <summary>The text under a key, or null.</summary>
    public string? Text(string key) =>
        !_values.TryGetValue(key, out var node) ? null
        : node is YamlNode.Scalar { Value.Length: > 0 } scalar ? scalar.Value
        : throw Wrong(key, node);

    /// <summary>The text under a key, which has that form, or null.</summary>
    public string? Matching(string key, string pattern)
    {
        var value = Text(key);
        return value is null || IsMatch(value, pattern) ? value : throw Wrong(key, _values[key]);
    }

    /// <summary>The text of an item under a key, which has that form.</summary>
    public string Matching(string key, YamlNode node, string pattern) =>
        node is YamlNode.Scalar scalar && IsMatch(scalar.Value, pattern) ? scalar.Value : throw Wrong(key, node);

    /// <summary>The whole number under a key.</summary>
    public int Number(string key, int least, int most, int otherwise) =>
        _values.TryGetValue(key, out var node) ? Number(key, node, least, most) : otherwise;

    /// <summary>A whole number, written plainly.</summary>
    public int Number(string key, YamlNode node, int least, int most) =>
        node is YamlNode.Scalar { IsPlain: true } scalar
        && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
            ? number
            : throw Wrong(key, node);

    /// <summary>The error for a value that does not belong under a key.</summary>
    public RigException Wrong(string key, YamlNode node)
    {
        var syntax = _syntax[key];
        var allowed = syntax.Allowed is { } words ? $"one of: {string.Join(", ", words)}" : syntax.Expected;
        return new RigException($"'{key}' of {_syntax.Name} cannot be {node.Kind}", $"{node.At}", $"{key}: {allowed}");
    }

    private RigException Unknown(YamlNode.Scalar key)
    {
        var near = _syntax.Keys.Select(known => known.Name).FirstOrDefault(known => IsNear(known, key.Value));
        return new RigException(
            $"unknown key {key.Kind} in {_syntax.Name}" + (near is null ? "" : $"; is it '{near}'?"),
            $"{key.At}",
            $"allowed keys: {_syntax.Names}"
        );
    }

    private static bool IsMatch(string value, string pattern) =>
        value.Length <= 256
        && Regex.IsMatch(value, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)
        && !value.EndsWith('\n');

    /// <summary>Whether a word is another one with at most two slips (Levenshtein distance).</summary>
    private static bool IsNear(string known, string word)
    {
        if (Math.Abs(known.Length - word.Length) > 2)
        {
            return false;
        }

        var row = Enumerable.Range(0, word.Length + 1).ToArray();
        for (var i = 1; i <= known.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= word.Length; j++)
            {
                var change = diagonal + (known[i - 1] == char.ToLowerInvariant(word[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1] <= 2;
    }
}
