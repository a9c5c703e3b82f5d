using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Training;

/// <summary>
/// What a real board goes through before it is handed out: its power is cut and given again so many times, and each time it must boot from the
/// network and, where it has a TPM, attest. A board that fails one time goes on with the next; a fault of the lab's ends it.
/// </summary>
/// <param name="cycles">How many times, 1 or more.</param>
public sealed class TrainingScenario(int cycles) : IScenario
{
    private const string Stage = "training";

    private readonly List<TrainingCycle> _done = [];

    /// <inheritdoc/>
    public string Name => "training";

    /// <inheritdoc/>
    public string Summary => "a board is power-cycled again and again and must boot each time";

    /// <inheritdoc/>
    public IReadOnlyList<Type> RequiredFacets { get; } = [typeof(IPower), typeof(IConsole), typeof(IBootSource)];

    /// <inheritdoc/>
    public IReadOnlyList<StageOutline> Outline { get; } = [new(Stage, "every power cycle ends in a board that has booted")];

    /// <summary>The cycles that were made, in order.</summary>
    public IReadOnlyList<TrainingCycle> Cycles => _done;

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Plan(RunContext context) => [new Stage(Stage, token => RunAsync(context, token))];

    private async Task RunAsync(RunContext context, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= cycles; number++)
        {
            var cycle = await RunCycleAsync(context, cancellationToken);
            _done.Add(cycle);
            context.Recorder.Check(
                $"power cycle {number} of {cycles}",
                cycle.Failure is null,
                cycle.Failure ?? $"{cycle.LastPhase} {cycle.BootTime.TotalSeconds:0.0} s after power-on",
                "console.log"
            );
        }
    }

    private static async Task<TrainingCycle> RunCycleAsync(RunContext context, CancellationToken cancellationToken)
    {
        var recorder = new CycleRecorder(context.Recorder);
        var cycle = context with { Recorder = recorder };
        var boot = new Boot(cycle);
        string? failure = null;
        try
        {
            await boot.PowerCycleAsync(cancellationToken);
            await new NetbootStage(cycle, boot).RunAsync(cancellationToken);
            if (context.Board.Has(typeof(ITpm)))
            {
                await new MeasuredBootStage(cycle, boot).RunAsync(cancellationToken);
                await new AttestationStage(cycle, boot).RunAsync(cancellationToken);
            }

            failure = recorder.FirstFailure;
        }
        catch (Exception exception) when (exception is BoardException or ConsoleTimeoutException)
        {
            failure = ((HwLabException)exception).What;
        }

        return new TrainingCycle(recorder.LastPhase, recorder.BootTime, failure);
    }
}
