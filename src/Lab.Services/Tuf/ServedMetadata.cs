using System.Globalization;
using System.Text.Json;
using Lab.Model.Services;
using Lab.Trust.Tuf;

namespace Lab.Services.Tuf;

/// <summary>Metadata files as served, and what they say. They are our own, so they are read without being verified.</summary>
internal static class ServedMetadata
{
    private const string TimestampFile = "timestamp.json";

    public static TufState Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new TufException(TufErrorCode.Storage, $"{folder} holds no repository.");
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(folder, "*.json"))
            files[Path.GetFileName(path)] = File.ReadAllBytes(path);
        return new TufState(files);
    }

    public static TufVersions Versions(TufState state)
    {
        using var timestamp = Open(state, TimestampFile);
        var snapshotVersion = VersionOf(timestamp, "snapshot.json");
        using var snapshot = Open(state, Numbered(snapshotVersion, "snapshot"));
        var root = state
            .Files.Keys.Where(IsRoot)
            .Select(name => long.Parse(name.Split('.')[0], CultureInfo.InvariantCulture))
            .Max();
        return new TufVersions(
            root,
            timestamp.RootElement.GetProperty("signed").GetProperty("version").GetInt64(),
            snapshotVersion,
            VersionOf(snapshot, "targets.json")
        );
    }

    public static IReadOnlyList<ServedTarget> Targets(TufState state)
    {
        using var targets = Open(state, Numbered(Versions(state).Targets, "targets"));
        return
        [
            .. targets
                .RootElement.GetProperty("signed")
                .GetProperty("targets")
                .EnumerateObject()
                .Select(target => new ServedTarget(
                    target.Name,
                    target.Value.GetProperty("length").GetInt64(),
                    target.Value.GetProperty("hashes").GetProperty("sha256").GetString()!,
                    RepositoryOf(target.Value)
                )),
        ];
    }

    /// <summary>When the first of the four top-level roles expires.</summary>
    public static DateTimeOffset Expires(TufState state)
    {
        var versions = Versions(state);
        string[] files =
        [
            TimestampFile,
            Numbered(versions.Root, "root"),
            Numbered(versions.Snapshot, "snapshot"),
            Numbered(versions.Targets, "targets"),
        ];
        return files.Min(file =>
        {
            using var json = Open(state, file);
            return json.RootElement.GetProperty("signed").GetProperty("expires").GetDateTimeOffset();
        });
    }

    private static JsonDocument Open(TufState state, string file) =>
        state.Files.TryGetValue(file, out var content)
            ? JsonDocument.Parse(content)
            : throw new TufException(TufErrorCode.Storage, $"the metadata lacks {file}.");

    private static long VersionOf(JsonDocument describer, string file) =>
        describer.RootElement.GetProperty("signed").GetProperty("meta").GetProperty(file).GetProperty("version").GetInt64();

    private static string Numbered(long version, string role) => $"{version.ToString(CultureInfo.InvariantCulture)}.{role}.json";

    private static bool IsRoot(string name) =>
        name.EndsWith(".root.json", StringComparison.Ordinal) && name[..^".root.json".Length].All(char.IsAsciiDigit);

    private static string? RepositoryOf(JsonElement target) =>
        target.TryGetProperty("custom", out var custom) && custom.TryGetProperty("oci", out var oci)
            ? oci.GetProperty("repository").GetString()
            : null;
}
