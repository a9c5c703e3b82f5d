using System.Runtime.InteropServices;
using Lab.Model.Errors;
using Microsoft.Win32.SafeHandles;

namespace Lab.Host.Storage;

/// <summary>
/// The right to change a folder, held by one process (and one holder within it) at a time. The kernel gives it back
/// when the holder dies: flock(2).
/// </summary>
public sealed partial class FolderLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FolderLock(SafeFileHandle file) => _file = file;

    /// <summary>Waits until the folder is free; the file <c>.lock</c> in it says nothing by merely being there.</summary>
    /// <exception cref="LabException">The folder cannot be written.</exception>
    public static async Task<FolderLock> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        SafeFileHandle file = Open(folder);
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

    // Not by FileStream: it takes a lock of its own, and fails where another holds one.
    private static SafeFileHandle Open(string folder)
    {
        const int ReadWrite = 2;
        const int Create = 0x40;
        const int CloseOnExec = 0x80000;
        const int OwnerOnly = 0x180;
        try
        {
            Directory.CreateDirectory(folder);
            SafeFileHandle file = OpenFile(Path.Combine(folder, ".lock"), ReadWrite | Create | CloseOnExec, OwnerOnly);
            return file.IsInvalid ? throw new IOException(Marshal.GetLastPInvokeErrorMessage()) : file;
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
    }

    private static int Lock(SafeFileHandle file)
    {
        const int Exclusive = 2;
        const int Interrupted = 4;
        while (Flock(file, Exclusive) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                return error;
            }
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle descriptor, int operation);
}
