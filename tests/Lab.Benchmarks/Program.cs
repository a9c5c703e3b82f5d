using Lab.Benchmarks;
using Lab.Benchmarks.Trust;
using Lab.Controller.Runs;
using Lab.Host.Storage;
using Lab.Model.Errors;

const int DefaultRuns = 3;
var runs = DefaultRuns;
var trust = args is ["trust", ..];
if (trust)
{
    args = args[1..];
}

if (args is not [] && !(args is ["--runs", var count] && int.TryParse(count, out runs) && runs > 0))
{
    await Console.Error.WriteLineAsync(
        $"usage: hwlab benchmark [trust] [--runs N]   (N boots by the lab and by a plain script, or turns of the trust library; {DefaultRuns})"
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
    if (trust)
    {
        await new TrustBenchmark(TimeProvider.System, runs).RunAsync(Console.Out, cancellation.Token);
        return 0;
    }

    await new Benchmark(LabFolders.FromEnvironment(), runs).RunAsync(Console.Out, cancellation.Token);
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
