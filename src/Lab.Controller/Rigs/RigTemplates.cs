using Lab.Model.Errors;

namespace Lab.Controller.Rigs;

/// <summary>
/// What boards of a rig have in common. A board that names a template has the template's keys beside its own; where both have a mapping under
/// a key, its keys are joined; else the board's own value stands.
/// </summary>
internal sealed class RigTemplates
{
    private readonly Dictionary<string, YamlNode.Map> _templates = new(StringComparer.Ordinal);

    /// <exception cref="RigException">They are no mapping of mappings, or one has a key that no board has.</exception>
    public RigTemplates(YamlNode? node)
    {
        if (node is null)
        {
            return;
        }

        if (node is not YamlNode.Map map)
        {
            throw new RigException(
                $"the templates are {node.Kind}, where a mapping belongs",
                $"{node.At}",
                "templates: names, each with what its boards have in common"
            );
        }

        foreach (var (name, body) in map.Entries)
        {
            // Also one that no board names must be right: it is checked here, the others again with their board.
            _ = new RigMap(body, RigSyntax.Template);
            _templates.Add(name.Value, (YamlNode.Map)body);
        }
    }

    /// <summary>The board with what its template has.</summary>
    /// <exception cref="RigException">There is no such template.</exception>
    public YamlNode Apply(YamlNode board)
    {
        if (board is not YamlNode.Map map || Find(map, "template") is not { } named)
        {
            return board;
        }

        return named is YamlNode.Scalar { Value: var name } && _templates.TryGetValue(name, out var template)
            ? Join(template, map)
            : throw new RigException(
                $"there is no template {named.Kind}",
                $"{named.At}",
                _templates.Count == 0
                    ? "the rig has no templates"
                    : $"template: one of: {string.Join(", ", _templates.Keys.Order(StringComparer.Ordinal))}"
            );
    }

    private static YamlNode.Map Join(YamlNode.Map template, YamlNode.Map own) =>
        new(
            own.At,
            [
                .. own.Entries.Select(entry =>
                    entry.Value is YamlNode.Map mine && Find(template, entry.Key.Value) is YamlNode.Map theirs
                        ? new(entry.Key, Join(theirs, mine))
                        : entry
                ),
                .. template.Entries.Where(entry => Find(own, entry.Key.Value) is null),
            ]
        );

    private static YamlNode? Find(YamlNode.Map map, string key) =>
        map.Entries.FirstOrDefault(entry => entry.Key.Value == key).Value;
}
