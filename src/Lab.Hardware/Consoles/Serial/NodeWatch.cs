namespace Lab.Hardware.Consoles.Serial;

/// <summary>Sees a device's node come and go. udev removes /dev/serial/by-id with its last link, so the nearest folder that exists is watched.</summary>
internal sealed class NodeWatch : IDisposable
{
    private readonly string _node;
    private readonly FileSystemWatcher _watcher;
    private readonly TaskCompletionSource _appeared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _vanished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeWatch(string node)
    {
        _node = node;
        var folder = Path.GetDirectoryName(node)!;
        var isDeep = false;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder)!;
            isDeep = true;
        }

        _watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = isDeep,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName,
        };
        _watcher.Created += (_, _) => Look();
        _watcher.Renamed += (_, _) => Look();
        _watcher.Deleted += (_, _) => Look();
        _watcher.Error += (_, _) => Look();
        _watcher.EnableRaisingEvents = true;
    }

    public Task Appeared => _appeared.Task;

    public Task Vanished => _vanished.Task;

    public void Dispose() => _watcher.Dispose();

    private void Look()
    {
        if (File.Exists(_node))
        {
            _appeared.TrySetResult();
        }
        else
        {
            _vanished.TrySetResult();
        }
    }
}
