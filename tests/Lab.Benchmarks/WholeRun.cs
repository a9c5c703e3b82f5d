using CliWrap;
using Lab.Model.Errors;

namespace Lab.Benchmarks;

/// <summary>The program as a user starts it, seen from outside: until the board's own console log grows.</summary>
/// <param name="program">The built <c>hwlab</c>.</param>
/// <param name="rigFile">The rig.</param>
/// <param name="boardFolder">The state folder of its board.</param>
/// <param name="output">Where the run writes.</param>
internal sealed class WholeRun(string program, string rigFile, string boardFolder, string output)
{
    private const string ConsoleLog = "console.log";

    /// <summary>From exec to the first byte on the console; the run is then cancelled.</summary>
    /// <exception cref="LabException">The run ended before.</exception>
    public async Task<TimeSpan> MeasureAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var log = new FileInfo(Path.Combine(boardFolder, ConsoleLog));
        var size = log.Exists ? log.Length : 0;
        var grown = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(boardFolder, ConsoleLog) { NotifyFilter = NotifyFilters.Size };
        watcher.Changed += (_, change) =>
        {
            if (new FileInfo(change.FullPath).Length > size)
            {
                grown.TrySetResult(time.GetTimestamp());
            }
        };
        watcher.EnableRaisingEvents = true;
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var said = new System.Text.StringBuilder();
        var start = time.GetTimestamp();
        var running = Cli.Wrap(program)
            .WithArguments(["run", "edge-node", "--rig", rigFile, "--stop-after", "netboot", "--out", output])
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(said))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(said))
            .ExecuteAsync(CancellationToken.None, interrupt.Token);
        var ended = await Task.WhenAny(grown.Task, running.Task);
        await interrupt.CancelAsync();
        await ((Task)running.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ended == grown.Task
            ? time.GetElapsedTime(start, await grown.Task)
            : throw new LabException($"the run ended before its board said anything:\n{said}", output);
    }
}
