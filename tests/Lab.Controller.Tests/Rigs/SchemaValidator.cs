using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Lab.Controller.Tests.Rigs;

/// <summary>The part of JSON Schema 2020-12 that the rig schema is written in; a keyword it does not know fails the test.</summary>
internal sealed class SchemaValidator(JsonNode root)
{
    private static readonly string[] Annotations = ["$schema", "$defs", "title", "description", "default"];

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
            "type" => Fail(!IsOfType((string)argument!, kind, value), path, $"is no {argument}"),
            "enum" => Fail(!argument.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)), path, "is not allowed"),
            "const" => Fail(!JsonNode.DeepEquals(argument, value), path, "is not the constant"),
            "anyOf" => Fail(
                !argument.AsArray().Any(one => !Validate(value, one!, path).Any()),
                path,
                "is none of what is allowed"
            ),
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
            "additionalProperties" => value is JsonObject map
                ? map.Where(entry => schema["properties"]?[entry.Key] is null)
                    .SelectMany(entry =>
                        argument is JsonObject more
                            ? Validate(entry.Value, more, $"{path}.{entry.Key}")
                            : [$"{path} has {entry.Key}"]
                    )
                : [],
            _ => throw new NotSupportedException($"the schema uses '{keyword}', which this validator does not know"),
        };
    }

    private static bool IsOfType(string type, JsonValueKind kind, JsonNode? value) =>
        type switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "integer" => kind == JsonValueKind.Number && value!.AsValue().TryGetValue<long>(out _),
            _ => throw new NotSupportedException(type),
        };

    private static IEnumerable<string> Fail(bool condition, string path, string what) => condition ? [$"{path} {what}"] : [];
}
