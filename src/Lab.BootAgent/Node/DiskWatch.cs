using Lab.BootAgent.Events;

namespace Lab.BootAgent.Node;

/// <summary>Says when the board's writable memory is nearly full, and when it is no more: programs that cannot write say so only in logs.</summary>
/// <param name="events">Told of both.</param>
/// <param name="time">The clock: the kernel has no event for this.</param>
internal sealed class DiskWatch(EventWriter events, TimeProvider time)
{
    private const string Place = "/var/lib/containerd";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private bool _full;

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            var drive = new DriveInfo(Place);
            Look(drive.AvailableFreeSpace, drive.TotalSize);
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Judges a state: full below a twentieth, not full again above a tenth.</summary>
    internal void Look(long free, long total)
    {
        var full = free < total / (_full ? 10 : 20);
        if (full == _full)
            return;
        _full = full;
        events.Write(
            full ? "disk-full" : "disk-ok",
            json =>
            {
                json.WriteNumber("freeBytes"u8, free);
                json.WriteNumber("totalBytes"u8, total);
            }
        );
    }
}
