using Lab.Model.Runs;

namespace Lab.Scenarios.Training;

/// <summary>Takes one boot of many down: not each of its checks, but the first that fails, and how long it took.</summary>
internal sealed class CycleRecorder(IRunRecorder recorder) : IRunRecorder
{
    private DateTimeOffset _powerOn;

    /// <summary>The first check that did not hold; null where all did.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>The last phase that the board reached.</summary>
    public string LastPhase { get; private set; } = "nothing";

    /// <summary>From power-on to that phase.</summary>
    public TimeSpan BootTime { get; private set; }

    public void Check(string name, bool holds, string detail, params IReadOnlyList<string> evidence) =>
        FirstFailure ??= holds ? null : $"{name}: {detail}";

    public void Say(string text) => recorder.Say(text);

    public void Phase(string name, DateTimeOffset at) => (LastPhase, BootTime) = (name, at - _powerOn);

    public void PoweredOn(DateTimeOffset at) => _powerOn = at;

    public void Refused(string code) { }

    public void Pcrs(IReadOnlyList<PcrComparison> pcrs) { }

    public IRunRecorder For(string board) => this;

    public Task<string> KeepAsync(string relativePath, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        recorder.KeepAsync(relativePath, content, cancellationToken);
}
