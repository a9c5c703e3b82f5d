using Lab.Benchmarks;
using Lab.Controller.Runs;
using Lab.Host.Storage;
using Lab.Model.Errors;

const int DefaultRuns = 3;
var runs = DefaultRuns;
var chain = args is ["chain", ..];
var options = chain ? args[1..] : args;
if (options is not [] && !(options is ["--runs", var count] && int.TryParse(count, out runs) && runs > 0))
{
    await Console.Error.WriteLineAsync(
        $"""
        usage: hwlab benchmark [chain] [--runs N]
        N boots by the lab and by a plain script ({DefaultRuns}); chain: as far as a rolled workload
        """
    );
    return ExitCodes.Usage;
}

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};
try
{
    var folders = LabFolders.FromEnvironment();
    await (
        chain
            ? new ChainBenchmark(folders, runs).RunAsync(Console.Out, cancellation.Token)
            : new Benchmark(folders, runs).RunAsync(Console.Out, cancellation.Token)
    );
    return 0;
}
catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
{
    return ExitCodes.Cancelled;
}
catch (HwLabException exception)
{
    await Console.Error.WriteLineAsync($"hwlab: {exception.Message}");
    return ExitCodes.Of(exception);
}
