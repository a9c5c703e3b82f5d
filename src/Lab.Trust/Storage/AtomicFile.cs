using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Lab.Trust.Storage;

/// <summary>Replaces files so that a power cut leaves the old content or the new, never a mixture.</summary>
internal static class AtomicFile
{
    /// <exception cref="IOException">The content could not be made durable; the old file is still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var temporary = TemporaryFor(path);
        try
        {
            using (var stream = new FileStream(temporary, Options(mode)))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            Publish(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>As <see cref="Write"/>, for content that is made while it is written.</summary>
    /// <exception cref="IOException">The content could not be made durable; the old file is still there.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var temporary = TemporaryFor(path);
        try
        {
            await using (var stream = new FileStream(temporary, Options(mode: null)))
            {
                await write(stream);
                stream.Flush(flushToDisk: true);
            }
            Publish(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string TemporaryFor(string path) =>
        Path.Combine(FolderOf(path), $".{RandomNumberGenerator.GetHexString(16, true)}.tmp");

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static FileStreamOptions Options(UnixFileMode? mode)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }
        return options;
    }

    private static void Publish(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        FlushFolder(FolderOf(path));
    }

    /// <summary>A rename is durable only when the folder that holds the name is (fsync(2), notes).</summary>
    private static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        const int readOnlyDirectory = 0x80000; // O_RDONLY | O_CLOEXEC
        var descriptor = Open(Encoding.UTF8.GetBytes(folder + "\0"), readOnlyDirectory);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open folder {folder}: errno {Marshal.GetLastPInvokeError()}.");
        }
        try
        {
            const int notSupported = 22; // EINVAL: a file system without folders to flush (some FUSE ones)
            if (Flush(descriptor) != 0 && Marshal.GetLastPInvokeError() != notSupported)
            {
                throw new IOException($"Cannot flush folder {folder}: errno {Marshal.GetLastPInvokeError()}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    // DllImport with blittable arguments: LibraryImport would need unsafe code in this assembly.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
