using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>
/// An object in an inventory: <c>namespace_name_group_kind</c>, the form that cli-utils fixed. Colons, which names of RBAC objects may have, are
/// written as two underscores.
/// </summary>
internal sealed record ObjectId(string Namespace, string Name, string Group, string Kind)
{
    private const char Separator = '_';
    private const string Colon = "__";

    public static ObjectId Of(JsonObject item) =>
        new(item.Namespace(), item.Name(), ResourceType.GroupOf(item.ApiVersion()), item.Kind());

    public ObjectKey Key => new(Namespace, Name);

    public override string ToString() =>
        $"{Namespace}{Separator}{Name.Replace(":", Colon, StringComparison.Ordinal)}{Separator}{Group}{Separator}{Kind}";

    /// <summary>As messages name it: <c>Kind/namespace/name</c>.</summary>
    public string ToDisplay() => Namespace.Length == 0 ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";

    /// <summary>Reads an inventory's id; null when it is none.</summary>
    public static ObjectId? TryParse(string text)
    {
        // The name in the middle may have pairs of separators; namespace, group and kind have none.
        var first = text.IndexOf(Separator, StringComparison.Ordinal);
        var last = text.LastIndexOf(Separator);
        if (first < 0 || last <= first)
            return null;
        var group = text.LastIndexOf(Separator, last - 1);
        if (group <= first)
            return null;
        var name = text[(first + 1)..group].Replace(Colon, ":", StringComparison.Ordinal);
        var id = new ObjectId(text[..first], name, text[(group + 1)..last], text[(last + 1)..]);
        return name.Length == 0 || id.Kind.Length == 0 || name.Contains(Separator, StringComparison.Ordinal) ? null : id;
    }
}
