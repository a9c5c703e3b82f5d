using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lab.Controller.Rigs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Rigs;

/// <summary>The part of JSON Schema 2020-12 that the lab's schemas are written in; a keyword it does not know fails the test.</summary>
internal sealed class SchemaValidator(JsonNode root)
{
    private static readonly string[] Annotations = ["$schema", "$defs", "title", "description", "default"];

    /// <summary>What a part of the schema stands for, where it refers to a definition.</summary>
    public JsonNode Resolve(JsonNode node) =>
        node["$ref"] is { } reference ? root["$defs"]![((string)reference!)["#/$defs/".Length..]]! : node;

    /// <summary>Asserts that schema and reader know the same keys, with the same choices.</summary>
    public void AssertSame(JsonNode schema, MapSyntax syntax, string path)
    {
        var properties = schema["properties"]!.AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(properties.Select(property => property.Key), Is.EquivalentTo(syntax.Keys.Select(key => key.Name)), path);
            Assert.That((bool?)schema["additionalProperties"], Is.False, path);
            Assert.That(
                schema["required"]?.AsArray().Select(name => (string)name!) ?? [],
                Is.EquivalentTo(syntax.Keys.Where(key => key.Required).Select(key => key.Name)),
                path
            );
        });
        foreach (var key in syntax.Keys)
        {
            var property = Resolve(properties[key.Name]!);
            var values = property["enum"]?.AsArray().Select(value => value!.ToJsonString().Trim('"'));
            Assert.That(values, key.Allowed is null ? Is.Null : Is.EquivalentTo(key.Allowed), $"{path}.{key.Name}");
            if (key.Map is not null)
            {
                AssertSame(Resolve(property["items"] ?? property), key.Map, $"{path}.{key.Name}");
            }
        }
    }

    public IReadOnlyList<string> Validate(JsonNode? value) => [.. Validate(value, root, "$")];

    private IEnumerable<string> Validate(JsonNode? value, JsonNode schema, string path) =>
        schema
            .AsObject()
            .Where(keyword => !Annotations.Contains(keyword.Key, StringComparer.Ordinal))
            .SelectMany(keyword => Apply(keyword.Key, keyword.Value!, schema, value, path));

    private IEnumerable<string> Apply(string keyword, JsonNode argument, JsonNode schema, JsonNode? value, string path)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        return keyword switch
        {
            "$ref" => Validate(value, root["$defs"]![((string)argument!)["#/$defs/".Length..]]!, path),
            "anyOf" => Fail(!Matching(argument, value, path).Any(), path, "is none of the forms"),
            "oneOf" => Fail(Matching(argument, value, path).Count() != 1, path, "is not one of the forms"),
            "propertyNames" => value is JsonObject map
                ? map.SelectMany(entry => Validate(JsonValue.Create(entry.Key), argument, $"{path} key {entry.Key}"))
                : [],
            "type" => Fail(!IsOfType((string)argument!, kind, value), path, $"is no {argument}"),
            "enum" => Fail(!argument.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)), path, "is not allowed"),
            "const" => Fail(!JsonNode.DeepEquals(argument, value), path, "is not the constant"),
            "not" => Fail(!Validate(value, argument, path).Any(), path, "is excluded"),
            "pattern" => Fail(
                kind == JsonValueKind.String && !Regex.IsMatch((string)value!, (string)argument!, RegexOptions.NonBacktracking),
                path,
                "does not match"
            ),
            "minimum" => Fail(kind == JsonValueKind.Number && (long)value! < (long)argument, path, "is too small"),
            "maximum" => Fail(kind == JsonValueKind.Number && (long)value! > (long)argument, path, "is too large"),
            "minItems" => Fail(value is JsonArray items && items.Count < (int)argument, path, "is too short"),
            "uniqueItems" => Fail(
                value is JsonArray items
                    && items.DistinctBy(item => item?.ToJsonString(), StringComparer.Ordinal).Count() < items.Count,
                path,
                "repeats"
            ),
            "items" => value is JsonArray items
                ? items.SelectMany((item, index) => Validate(item, argument, $"{path}[{index}]"))
                : [],
            "required" => value is JsonObject map
                ? argument.AsArray().Where(name => !map.ContainsKey((string)name!)).Select(name => $"{path} lacks {name}")
                : [],
            "properties" => value is JsonObject map
                ? map.Where(entry => argument[entry.Key] is not null)
                    .SelectMany(entry => Validate(entry.Value, argument[entry.Key]!, $"{path}.{entry.Key}"))
                : [],
            "additionalProperties" when argument is JsonObject => value is JsonObject map
                ? map.Where(entry => schema["properties"]?[entry.Key] is null)
                    .SelectMany(entry => Validate(entry.Value, argument, $"{path}.{entry.Key}"))
                : [],
            "additionalProperties" => value is JsonObject map
                ? map.Where(entry => schema["properties"]![entry.Key] is null).Select(entry => $"{path} has {entry.Key}")
                : [],
            _ => throw new NotSupportedException($"the schema uses '{keyword}', which this validator does not know"),
        };
    }

    private IEnumerable<JsonNode?> Matching(JsonNode forms, JsonNode? value, string path) =>
        forms.AsArray().Where(form => !Validate(value, form!, path).Any());

    private static bool IsOfType(string type, JsonValueKind kind, JsonNode? value) =>
        type switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "number" => kind == JsonValueKind.Number,
            "string" => kind == JsonValueKind.String,
            "integer" => kind == JsonValueKind.Number && value!.AsValue().TryGetValue<long>(out _),
            _ => throw new NotSupportedException(type),
        };

    private static IEnumerable<string> Fail(bool condition, string path, string what) => condition ? [$"{path} {what}"] : [];
}
