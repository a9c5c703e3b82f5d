using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Controller.Wiring;

/// <summary>What a real board's console ever said, appended to a file of the board's state. Who has it open is the line's only reader.</summary>
internal sealed class ConsoleKeeping : IAsyncDisposable
{
    /// <summary>A file longer than this is set aside when the console is opened; the one set aside before is removed.</summary>
    private const long Longest = 64L << 20;

    private readonly FolderLease _lease;
    private readonly FileStream _file;

    private ConsoleKeeping(FolderLease lease, FileStream file)
    {
        _lease = lease;
        _file = file;
    }

    /// <summary>The file of a console.</summary>
    public static string PathOf(string boardFolder, string console) => Path.Combine(boardFolder, "consoles", console, "all.log");

    /// <summary>Opens it for appending.</summary>
    /// <exception cref="LabException">Another program of the lab reads this console, or the file cannot be written.</exception>
    public static ConsoleKeeping Open(string boardFolder, string board, string console)
    {
        var path = PathOf(boardFolder, console);
        var lease = FolderLease.Take(Path.GetDirectoryName(path)!, $"console '{console}' of board {board}");
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length > Longest)
            {
                File.Move(path, path + ".1", overwrite: true);
            }

            return new ConsoleKeeping(lease, new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 0));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            lease.Dispose();
            throw new LabException(
                $"the console's log cannot be written: {exception.Message}",
                path,
                "free some space",
                exception
            );
        }
    }

    /// <summary>Keeps a chunk before anybody can see it.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        _file.WriteAsync(bytes, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _lease.Dispose();
    }
}
