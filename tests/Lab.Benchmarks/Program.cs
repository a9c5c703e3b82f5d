using Lab.Benchmarks;
using Lab.Controller.Runs;
using Lab.Host.Storage;
using Lab.Model.Errors;

const int DefaultRuns = 3;
var runs = DefaultRuns;
if (args is not [] && !(args is ["--runs", var count] && int.TryParse(count, out runs) && runs > 0))
{
    await Console.Error.WriteLineAsync(
        $"usage: hwlab benchmark [--runs N]   (N boots by the lab and by a plain script; {DefaultRuns})"
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
