using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>Typed reads of metadata members. Each failure is <see cref="TufErrorCode.Invalid"/> and names the member.</summary>
internal static class StrictJson
{
    /// <summary>Real metadata has about ten levels; custom fields are free.</summary>
    public const int MaximumDepth = 64;

    public static TufException Invalid(string what, Exception? inner = null) =>
        new(TufErrorCode.Invalid, $"Metadata: {what}", inner);

    public static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        Optional(parent, name, kind) ?? throw Invalid($"'{name}' is missing.");

    public static JsonElement? Optional(JsonElement parent, string name, JsonValueKind kind)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            throw Invalid($"object expected around '{name}'.");
        }
        if (!parent.TryGetProperty(name, out var value))
        {
            return null;
        }
        return value.ValueKind == kind ? value : throw Invalid($"'{name}' is not of kind {kind}.");
    }

    public static string String(JsonElement parent, string name) => Member(parent, name, JsonValueKind.String).GetString()!;

    public static bool Boolean(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Invalid($"'{name}' is not a boolean.");

    public static long Integer(JsonElement parent, string name, long minimum) =>
        OptionalInteger(parent, name, minimum) ?? throw Invalid($"'{name}' is missing.");

    public static long? OptionalInteger(JsonElement parent, string name, long minimum)
    {
        if (Optional(parent, name, JsonValueKind.Number) is not { } number)
        {
            return null;
        }
        return number.TryGetInt64(out var value) && value >= minimum
            ? value
            : throw Invalid($"'{name}' is not an integer of at least {minimum}.");
    }

    public static IReadOnlyList<string> Strings(JsonElement array, string name, int maximum)
    {
        if (array.GetArrayLength() > maximum)
        {
            throw Invalid($"'{name}' has more than {maximum} items.");
        }
        var items = new List<string>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            items.Add(
                item.ValueKind == JsonValueKind.String
                    ? item.GetString()!
                    : throw Invalid($"'{name}' has an item that is not text.")
            );
        }
        return items;
    }
}
