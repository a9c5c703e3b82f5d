using System.Security.Cryptography;
using System.Text;
using Lab.Controller.Reports;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Controller.Tracing.Otlp;
using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>Writes what a run leaves behind: the record, the reports, and the manifest over all of it.</summary>
internal static class RunFiles
{
    public static async Task WriteAsync(
        RunFolder folder,
        RunRecord record,
        IReadOnlyList<RunEvent> events,
        CancellationToken cancellationToken
    )
    {
        var trace = RunTrace.Of(record, events, KubernetesEventsFile.Read(folder));
        await folder.WriteAsync(RunFolder.RecordFile, RunJson.Write(record), cancellationToken);
        await folder.WriteAsync(RunFolder.JUnitFile, Encoding.UTF8.GetBytes(JUnitReport.Render(record)), cancellationToken);
        await folder.WriteAsync(RunFolder.TraceFile, OtlpJson.Write(trace), cancellationToken);
        await folder.WriteAsync(RunFolder.HtmlFile, Encoding.UTF8.GetBytes(HtmlReport.Render(record, folder)), cancellationToken);
        await folder.WriteAsync(
            RunFolder.ManifestFile,
            RunJson.Write(await HashAsync(folder, record.Id, cancellationToken)),
            cancellationToken
        );
    }

    /// <summary>What is wrong with a run's folder, going by its manifest: files that changed, are gone, or came in later. Nothing where all is well.</summary>
    public static async Task<IReadOnlyList<string>> FindChangesAsync(
        RunFolder folder,
        RunManifest manifest,
        CancellationToken cancellationToken
    )
    {
        var now = await HashAsync(folder, manifest.Run, cancellationToken);
        var then = manifest.Files.ToLookup(file => file.Path, StringComparer.Ordinal);
        var found = now.Files.ToLookup(file => file.Path, StringComparer.Ordinal);
        return
        [
            .. manifest.Files.Where(file => !found.Contains(file.Path)).Select(file => $"{file.Path} is gone"),
            .. now.Files.Where(file => !then.Contains(file.Path)).Select(file => $"{file.Path} is not in the manifest"),
            .. now
                .Files.Where(file => then.Contains(file.Path) && then[file.Path].Any(entry => entry.Sha256 != file.Sha256))
                .Select(file => $"{file.Path} has changed"),
        ];
    }

    private static async Task<RunManifest> HashAsync(RunFolder folder, string run, CancellationToken cancellationToken)
    {
        var entries = new List<RunManifest.Entry>();
        foreach (var file in folder.EvidenceFiles())
        {
            await using var stream = File.OpenRead(folder.PathOf(file));
            var hash = await SHA256.HashDataAsync(stream, cancellationToken);
            entries.Add(
                new RunManifest.Entry
                {
                    Path = file,
                    Bytes = stream.Length,
                    Sha256 = Convert.ToHexStringLower(hash),
                }
            );
        }

        return new RunManifest
        {
            Schema = RunManifest.CurrentSchema,
            Run = run,
            Files = entries,
        };
    }
}
