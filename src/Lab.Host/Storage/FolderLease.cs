using Lab.Model.Errors;

namespace Lab.Host.Storage;

/// <summary>
/// The exclusive use of a folder: a lock (flock(2)) on a file in it, which the kernel gives up when its owner ends in any way. It cannot get
/// stuck.
/// </summary>
public sealed class FolderLease : IDisposable
{
    private const string LockName = ".lock";

    private readonly FileStream _lock;

    private FolderLease(FileStream stream) => _lock = stream;

    /// <summary>Takes the folder, making it first if need be.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="what">What it is, for the error: <c>board virt-1</c>.</param>
    /// <exception cref="LabException">Somebody else has it, or it cannot be written.</exception>
    public static FolderLease Take(string folder, string what)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FolderLease(
                new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException exception)
            when (exception is not (DirectoryNotFoundException or PathTooLongException) && Directory.Exists(folder))
        {
            throw new LabException(
                $"{what} is in use by another run",
                folder,
                "wait for that run to end, or take another board",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"the folder cannot be used: {exception.Message}",
                folder,
                "see that it can be written",
                exception
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
