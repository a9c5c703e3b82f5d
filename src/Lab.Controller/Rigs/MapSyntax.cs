namespace Lab.Controller.Rigs;

/// <summary>The keys that one mapping of a rig may have.</summary>
/// <param name="Name">What the mapping describes: "the rig", "a board".</param>
/// <param name="Keys">Its keys.</param>
internal sealed record MapSyntax(string Name, IReadOnlyList<KeySyntax> Keys)
{
    public KeySyntax this[string key] => Keys.First(known => known.Name == key);

    public string Names => string.Join(", ", Keys.Select(key => key.Name));
}
