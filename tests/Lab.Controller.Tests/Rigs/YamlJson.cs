using System.Globalization;
using System.Text.Json.Nodes;
using Lab.Controller.Rigs;

namespace Lab.Controller.Tests.Rigs;

/// <summary>A rig file as an editor hands it to a JSON schema: YAML 1.2's core schema says what plain scalars are.</summary>
internal static class YamlJson
{
    public static JsonNode? Read(string text) => Convert(YamlTree.Parse(text, "test.yaml"));

    private static JsonNode? Convert(YamlNode node) =>
        node switch
        {
            YamlNode.Map map => new JsonObject(
                map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Value, Convert(entry.Value)))
            ),
            YamlNode.List list => new JsonArray([.. list.Items.Select(Convert)]),
            YamlNode.Scalar { IsPlain: true, Value: "true" or "false" } scalar => JsonValue.Create(scalar.Value == "true"),
            YamlNode.Scalar { IsPlain: true } scalar
                when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            YamlNode.Scalar scalar => JsonValue.Create(scalar.Value),
            _ => null,
        };
}
