using System.Text.Json;

namespace Lab.EndToEnd.Tests;

internal static class RunRecordAssertions
{
    public static string[] StageNames(this JsonElement record) =>
        [.. record.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("name").GetString()!)];

    public static string Verdict(this JsonElement element) => element.GetProperty("verdict").GetString()!;

    public static IEnumerable<JsonElement> Checks(this JsonElement record, string stage) =>
        record
            .GetProperty("stages")
            .EnumerateArray()
            .Where(candidate => candidate.GetProperty("name").GetString() == stage)
            .SelectMany(candidate => candidate.GetProperty("checks").EnumerateArray());
}
