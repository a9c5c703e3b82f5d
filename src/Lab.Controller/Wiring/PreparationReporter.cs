using Lab.Host.Preparation;

namespace Lab.Controller.Wiring;

/// <summary>
/// Turns the progress of a long preparation into lines for a person: one when a step begins, and then, every few seconds, how far it is and
/// about how long it will still take.
/// </summary>
/// <param name="say">Where the lines go.</param>
/// <param name="time">The clock.</param>
internal sealed class PreparationReporter(Action<string> say, TimeProvider time) : IProgress<PreparationProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private string? _step;
    private long _began;
    private long _said;

    public void Report(PreparationProgress value)
    {
        lock (_lock)
        {
            if (_step != value.Step)
            {
                _step = value.Step;
                _began = _said = time.GetTimestamp();
                say(value.Step);
            }
            else if (time.GetElapsedTime(_said) >= Pause)
            {
                _said = time.GetTimestamp();
                say(value.Step + Left(value, time.GetElapsedTime(_began)));
            }
        }
    }

    private static string Left(PreparationProgress value, TimeSpan elapsed)
    {
        if (value.Total <= 0 || value.Done <= 0)
        {
            return $": {elapsed.TotalSeconds:0} s so far";
        }

        var left = elapsed * ((double)(value.Total - value.Done) / value.Done);
        return $": {100 * value.Done / value.Total} %, about {Math.Max(1, left.TotalSeconds):0} s left";
    }
}
