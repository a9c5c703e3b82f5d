using System.Runtime.InteropServices;
using Lab.Model.Errors;

namespace Lab.Host.Storage;

/// <summary>
/// The right to change a folder, held by one process (and one holder within it) at a time. The kernel gives it back
/// when the holder dies: flock(2).
/// </summary>
public sealed partial class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Waits until the folder is free; the file <c>.lock</c> in it says nothing by merely being there.</summary>
    /// <exception cref="LabException">The folder cannot be written.</exception>
    public static async Task<FolderLock> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        FileStream file;
        try
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(
                Path.Combine(folder, ".lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"the folder cannot be locked: {exception.Message}",
                folder,
                "see that it can be written",
                exception
            );
        }

        // flock waits in the kernel and knows no token: whoever is cancelled leaves the wait to end by itself.
        Task<int> waiting = Task.Factory.StartNew(
            () => Lock(file),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            int error = await waiting.WaitAsync(cancellationToken);
            if (error != 0)
            {
                file.Dispose();
                throw new LabException($"the folder cannot be locked: error {error}", folder, "use a local file system");
            }

            return new FolderLock(file);
        }
        catch (OperationCanceledException)
        {
            _ = waiting.ContinueWith(_ => file.Dispose(), TaskScheduler.Default);
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static int Lock(FileStream file)
    {
        const int Exclusive = 2;
        const int Interrupted = 4;
        while (Flock(file.SafeFileHandle, Exclusive) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                return error;
            }
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeHandle descriptor, int operation);
}
