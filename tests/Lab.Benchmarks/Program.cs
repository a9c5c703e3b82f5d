using Lab.Benchmarks;
using Lab.Benchmarks.Trust;
using Lab.Controller.Runs;
using Lab.Host.Storage;
using Lab.Model.Errors;

const int DefaultRuns = 3;
var runs = DefaultRuns;
var what = args is ["chain" or "trust", ..] ? args[0] : "boot";
var options = what == "boot" ? args : args[1..];
if (options is not [] && !(options is ["--runs", var count] && int.TryParse(count, out runs) && runs > 0))
{
    await Console.Error.WriteLineAsync(
        $"""
        usage: hwlab benchmark [chain|trust] [--runs N]
        N boots by the lab and by a plain script ({DefaultRuns}); chain: as far as a rolled workload; trust: turns of the trust library
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
        what switch
        {
            "chain" => new ChainBenchmark(folders, runs).RunAsync(Console.Out, cancellation.Token),
            "trust" => new TrustBenchmark(TimeProvider.System, runs).RunAsync(Console.Out, cancellation.Token),
            _ => new Benchmark(folders, runs).RunAsync(Console.Out, cancellation.Token),
        }
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
