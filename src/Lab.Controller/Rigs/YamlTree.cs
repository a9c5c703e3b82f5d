using Lab.Model.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lab.Controller.Rigs;

/// <summary>
/// Reads the part of YAML 1.2 that rigs are written in: one document of mappings, lists and scalars. Anchors, aliases, tags and
/// complex keys are refused, so that a short file cannot unfold into a long one and nothing is read other than as it stands there.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>The most characters a rig file may have; a rack of a hundred boards needs a tenth of it.</summary>
    public const int MostCharacters = 256 * 1024;

    /// <summary>The deepest nesting; a rig needs four.</summary>
    public const int MostDepth = 12;

    private readonly string _file;
    private readonly Parser _parser;

    private YamlTree(string text, string file)
    {
        _file = file;
        _parser = new Parser(new StringReader(text));
    }

    /// <exception cref="RigException">The text is not of that part of YAML.</exception>
    public static YamlNode Parse(string text, string file)
    {
        if (text.Length > MostCharacters)
        {
            throw new RigException($"the file has more than {MostCharacters} characters", file, "split it into several files");
        }

        try
        {
            return new YamlTree(text, file).ReadDocument();
        }
        catch (YamlException exception)
        {
            throw new RigException($"this is not YAML: {Reason(exception)}", $"{Mark(file, exception.Start)}", inner: exception);
        }
        catch (Exception exception) when (exception is not RigException)
        {
            // The YAML parser reports some malformed input by exceptions of its inner workings.
            throw new RigException("this is not YAML", file, "check the file with a YAML editor", exception);
        }
    }

    private YamlNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            throw new RigException("the file is empty", _file, "start with 'rig: NAME'");
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        return _parser.TryConsume<StreamEnd>(out _)
            ? root
            : throw new RigException("a second document starts here", $"{Mark(_file, _parser.Current!.Start)}", "one rig a file");
    }

    private YamlNode ReadNode(int depth)
    {
        _ = _parser.Accept<ParsingEvent>(out var next);
        var at = Mark(_file, next!.Start);
        if (depth > MostDepth)
        {
            throw new RigException("this is nested too deeply", $"{at}");
        }

        if (next is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
        {
            throw new RigException("anchors and aliases are not used here", $"{at}", "write the value out");
        }

        if (next is NodeEvent { Tag.IsEmpty: false } tagged && (tagged.Tag.IsNonSpecific is false))
        {
            throw new RigException("tags are not used here", $"{at}", "remove it");
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlNode.Scalar(at, scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        return next is MappingStart ? ReadMap(at, depth) : ReadList(at, depth);
    }

    private YamlNode.List ReadList(SourceMark at, int depth)
    {
        _parser.Consume<SequenceStart>();
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new YamlNode.List(at, items);
    }

    private YamlNode.Map ReadMap(SourceMark at, int depth)
    {
        _parser.Consume<MappingStart>();
        var entries = new List<KeyValuePair<YamlNode.Scalar, YamlNode>>();
        var seen = new Dictionary<string, SourceMark>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var node = ReadNode(depth + 1);
            if (node is not YamlNode.Scalar key)
            {
                throw new RigException($"a key is a word, and this is {node.Kind}", $"{node.At}");
            }

            if (!seen.TryAdd(key.Value, key.At))
            {
                throw new RigException(
                    $"key '{key.Value}' is here twice; first in line {seen[key.Value].Line}",
                    $"{key.At}",
                    "remove one"
                );
            }

            entries.Add(new(key, ReadNode(depth + 1)));
        }

        return new YamlNode.Map(at, entries);
    }

    private static SourceMark Mark(string file, Mark mark) => new(file, mark.Line, mark.Column);

    private static string Reason(YamlException exception) =>
        (exception.InnerException?.Message ?? exception.Message).Split('\n')[0].TrimEnd('.');
}
