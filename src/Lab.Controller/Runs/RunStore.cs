using Lab.Model.Errors;
using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>Where runs are kept that were not given a folder of their own: a folder each, named by the run's id.</summary>
/// <param name="root">The store's folder, <c>$XDG_STATE_HOME/hwlab/runs</c>.</param>
public sealed class RunStore(string root)
{
    /// <summary>The word that stands for the newest run.</summary>
    public const string Last = "last";

    /// <summary>Makes the folder of a new run.</summary>
    public RunFolder Create(string id) => RunFolder.Create(Path.Combine(root, id));

    /// <summary>All kept runs, the newest first. One that has no readable record (it was killed) is left out.</summary>
    public IReadOnlyList<RunRecord> List() => [.. Folders().Select(TryRead).OfType<RunRecord>()];

    /// <summary>The folder of a past run.</summary>
    /// <param name="run">Its id or the beginning of one, <c>last</c>, or the path of its folder or record.</param>
    /// <exception cref="RigException">There is no such run, or more than one begins so.</exception>
    public RunFolder Find(string run)
    {
        if (File.Exists(Path.Combine(run, RunFolder.RecordFile)))
        {
            return RunFolder.Open(run);
        }

        if (Path.GetFileName(run) == RunFolder.RecordFile && File.Exists(run))
        {
            return RunFolder.Open(Path.GetDirectoryName(Path.GetFullPath(run))!);
        }

        var found = Folders()
            .Where(folder => run == Last || Path.GetFileName(folder).StartsWith(run, StringComparison.OrdinalIgnoreCase))
            .Where(folder => File.Exists(Path.Combine(folder, RunFolder.RecordFile)))
            .Take(run == Last ? 1 : 2)
            .ToList();
        return found.Count switch
        {
            1 => RunFolder.Open(found[0]),
            0 => throw new RigException(
                "there is no such run",
                run,
                "'hwlab list runs' shows the runs there are; a run's folder will do, too"
            ),
            _ => throw new RigException("more than one run begins so", run, "give more of the id"),
        };
    }

    /// <summary>Reads the record in a run's folder.</summary>
    /// <exception cref="RigException">There is none, or it cannot be read.</exception>
    public static RunRecord Read(RunFolder folder) =>
        RunJson.Read(
            folder.TryRead(RunFolder.RecordFile) ?? throw new RigException("there is no run.json", folder.Root),
            folder.PathOf(RunFolder.RecordFile)
        );

    private IEnumerable<string> Folders() =>
        Directory.Exists(root)
            ? Directory
                .EnumerateDirectories(root)
                .Where(folder => RunId.IsValid(Path.GetFileName(folder)))
                .OrderDescending(StringComparer.Ordinal)
            : [];

    private static RunRecord? TryRead(string folder)
    {
        try
        {
            return Read(RunFolder.Open(folder));
        }
        catch (Exception exception) when (exception is RigException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
