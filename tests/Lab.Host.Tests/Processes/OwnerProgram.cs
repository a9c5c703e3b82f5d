using Lab.Host.Processes;
using Lab.Host.Storage;

namespace Lab.Host.Tests.Processes;

/// <summary>The test program in its other role: an owner with children, to be killed.</summary>
internal static class OwnerProgram
{
    /// <summary>Starts children, says their ids, and waits for its end.</summary>
    public static async Task<int> RunAsync(string folder)
    {
        var folders = new LabFolders(Path.Combine(folder, "cache"), Path.Combine(folder, "state"), folder);
        await using var owner = ProcessOwner.Open(folders, TimeProvider.System);
        var sockets = folders.CreateSocketFolder();
        owner.OwnPath(sockets);
        await File.WriteAllTextAsync(Path.Combine(sockets, "file"), "left over");
        var child = await owner.StartAsync(new ProcessCommand("sleep", ["infinity"]), CancellationToken.None);
        // A grandchild in a session of its own: no parent-death signal, no process group of ours. Only the cookie tells.
        var deserter = new TaskCompletionSource<string>();
        await owner.StartAsync(
            new ProcessCommand("sh", ["-c", "setsid --fork sh -c 'echo $$; exec sleep infinity' & wait; exec sleep infinity"])
            {
                OnLine = line => deserter.TrySetResult(line),
            },
            CancellationToken.None
        );
        await Console.Out.WriteLineAsync($"{child.Id} {await deserter.Task} {sockets}");
        await Console.Out.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}
