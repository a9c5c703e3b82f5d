using System.CommandLine;
using System.Text.Json;
using Lab.Controller.Runs;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab verify RUN</c>: whether a run's folder still holds what it held when the run ended.</summary>
internal static class VerifyCommand
{
    public static Command Create(LabEnvironment environment)
    {
        var run = new Argument<string>("RUN") { Description = "A run's id or the beginning of it, its folder, or 'last'." };
        var json = CommonOptions.Json();
        var command = new Command("verify", "Check the files of a run against its manifest.") { run, json };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var folder = environment.Runs.Find(parsed.GetRequiredValue(run));
                var manifest = ReadManifest(folder);
                var changes = await RunFiles.FindChangesAsync(folder, manifest, cancellationToken);
                Tell(environment, manifest, changes, parsed.GetValue(json));
                return changes.Count == 0 ? ExitCodes.Pass : ExitCodes.BoardFailed;
            }
        );
        return command;
    }

    private static void Tell(LabEnvironment environment, RunManifest manifest, IReadOnlyList<string> changes, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Write(
                environment.Output,
                json =>
                {
                    json.WriteString("run", manifest.Run);
                    json.WriteString("verdict", changes.Count == 0 ? "pass" : "fail");
                    json.WriteNumber("files", manifest.Files.Count);
                    JsonOutput.WriteArray(json, "changes", changes, (item, change) => item.WriteString("name", change));
                }
            );
            return;
        }

        foreach (var change in changes)
        {
            environment.Output.WriteLine("✗ " + change);
        }

        environment.Output.WriteLine(
            changes.Count == 0
                ? $"✓ run {manifest.Run}: all {manifest.Files.Count} files are as they were"
                : $"run {manifest.Run}: {changes.Count} changes"
        );
    }

    private static RunManifest ReadManifest(RunFolder folder)
    {
        var where = folder.PathOf(RunFolder.ManifestFile);
        var bytes =
            folder.TryRead(RunFolder.ManifestFile)
            ?? throw new RigException("there is no manifest", where, "the run did not end");
        try
        {
            return RunJson.ReadManifest(bytes) is { Schema: RunManifest.CurrentSchema } manifest
                ? manifest
                : throw new RigException($"this is not a manifest of schema {RunManifest.CurrentSchema}", where);
        }
        catch (JsonException exception)
        {
            throw new RigException("this is not a manifest", where, inner: exception);
        }
    }
}
