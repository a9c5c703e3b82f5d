namespace Lab.Host.Storage;

/// <summary>Waits for a file by the file system's own event.</summary>
public static class FileArrival
{
    /// <summary>Completes once there is a file or socket of that path. Its folder must exist.</summary>
    public static async Task WaitAsync(string path, CancellationToken cancellationToken)
    {
        if (Path.Exists(path))
            return;
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Created += (_, _) => arrived.TrySetResult();
        watcher.Renamed += (_, _) => arrived.TrySetResult();
        watcher.EnableRaisingEvents = true;
        // It may have come before the watch was set.
        if (!Path.Exists(path))
            await arrived.Task.WaitAsync(cancellationToken);
    }
}
