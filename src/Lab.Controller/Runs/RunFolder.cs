using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Errors;

namespace Lab.Controller.Runs;

/// <summary>The folder of one run: its record, its reports and its evidence. Nothing is written outside it.</summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>The record.</summary>
    public const string RecordFile = "run.json";

    /// <summary>The report for reading.</summary>
    public const string HtmlFile = "report.html";

    /// <summary>The report for CI servers.</summary>
    public const string JUnitFile = "junit.xml";

    /// <summary>The run as a trace, an OTLP request in JSON.</summary>
    public const string TraceFile = "trace.otlp.json";

    /// <summary>The hashes of all the others.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>The lab's own log; not evidence.</summary>
    public const string LogFile = "hwlab.log";

    /// <summary>Where each board's evidence lies, a folder a board.</summary>
    public const string Boards = "boards";

    /// <summary>The folder with a folder for what the services logged and kept.</summary>
    public const string Services = "services";

    /// <summary>The folder of an attack matrix with a folder for the run of each attack.</summary>
    public const string Attacks = "attacks";

    private const string LockFile = ".hwlab-lock";

    private FileStream? _lock;

    private RunFolder(string path) => Root = path;

    /// <summary>The full path.</summary>
    public string Root { get; }

    /// <summary>Opens the folder of a past run.</summary>
    public static RunFolder Open(string path) => new(Path.GetFullPath(path));

    /// <summary>Makes the folder for a run, or takes over that of a past run: what that run wrote is removed, other files are left alone.</summary>
    /// <exception cref="RigException">Another run is writing there.</exception>
    /// <exception cref="LabException">It cannot be written.</exception>
    public static RunFolder Create(string path)
    {
        var folder = new RunFolder(Path.GetFullPath(path));
        Guard(folder.Root, () => Directory.CreateDirectory(folder.Root));
        folder.Lock();
        Guard(folder.Root, folder.RemovePast);
        return folder;
    }

    /// <summary>The full path of a file in the folder.</summary>
    /// <exception cref="LabException">The path leads out of the folder.</exception>
    public string PathOf(string relativePath)
    {
        var path = Path.GetFullPath(Path.Combine(Root, relativePath));
        return path.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new LabException("this path leads out of the run's folder", relativePath);
    }

    /// <summary>Writes a file.</summary>
    /// <exception cref="LabException">It cannot be written.</exception>
    public async Task WriteAsync(string relativePath, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = PathOf(relativePath);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }
    }

    /// <summary>Opens a file for appending; others may read it meanwhile.</summary>
    /// <exception cref="LabException">It cannot be written.</exception>
    public FileStream Append(string relativePath)
    {
        var path = PathOf(relativePath);
        FileStream? stream = null;
        Guard(
            path,
            () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            }
        );
        return stream!;
    }

    /// <summary>Reads a file, or null if there is none.</summary>
    public byte[]? TryRead(string relativePath)
    {
        var path = PathOf(relativePath);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>All files of the run that are evidence or tell about it, relative, sorted; without the manifest and the lab's own log.</summary>
    public IReadOnlyList<string> EvidenceFiles()
    {
        string[] top = [RecordFile, HtmlFile, JUnitFile, TraceFile, KubernetesEventsFile.Name];
        var boards = Path.Combine(Root, Boards);
        var below = Directory.Exists(boards)
            ? Directory.EnumerateFiles(boards, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file))
            : [];
        return
        [
            .. top.Where(file => File.Exists(Path.Combine(Root, file)))
                .Concat(below)
                .Concat(FilesOfAttacks())
                .Order(StringComparer.Ordinal),
        ];
    }

    private IEnumerable<string> FilesOfAttacks()
    {
        var attacks = Path.Combine(Root, Attacks);
        return Directory.Exists(attacks)
            ? Directory
                .EnumerateDirectories(attacks)
                .SelectMany(folder =>
                    Open(folder)
                        .EvidenceFiles()
                        .Append(ManifestFile)
                        .Select(file => Path.GetRelativePath(Root, Path.Combine(folder, file)))
                )
                .Where(file => File.Exists(Path.Combine(Root, file)))
            : [];
    }

    /// <summary>Lets another run take the folder over.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private void Lock()
    {
        var path = Path.Combine(Root, LockFile);
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception)
        {
            throw new RigException("another run is writing to this folder", Root, "name another with --out", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unwritable(Root, exception);
        }
    }

    private void RemovePast()
    {
        // Only a folder that a run has written is cleared, and only of what runs write.
        if (!File.Exists(Path.Combine(Root, RecordFile)) && !File.Exists(Path.Combine(Root, LogFile)))
        {
            return;
        }

        foreach (var file in EvidenceFiles().Append(ManifestFile).Append(LogFile))
        {
            File.Delete(Path.Combine(Root, file));
        }
    }

    private static void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }
    }

    private static LabException Unwritable(string path, Exception exception) =>
        new($"cannot write there: {exception.Message}", path, "free some space, or name another folder with --out", exception);
}
