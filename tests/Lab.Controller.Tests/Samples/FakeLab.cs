using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Testing.Boards;
using Serilog.Core;

namespace Lab.Controller.Tests.Samples;

/// <summary>A lab whose only board replays a recorded console, in a real child process.</summary>
internal sealed class FakeLab : ILabWiring, IDisposable
{
    public const string RigText = "rig: bench\nboards:\n  - { name: replay-1, driver: qemu-virt }\n";

    private readonly TemporaryFolder _recordings = new();

    public FakeLab(IScenario scenario, params (int Milliseconds, string Text)[] console)
    {
        Scenarios = [scenario];
        Attacks = [new FakeAttack(scenario)];
        Recording = Record(console);
    }

    public IReadOnlyList<IScenario> Scenarios { get; }

    public IReadOnlyList<IAttack> Attacks { get; init; }

    public string Recording { get; }

    public double Speed { get; init; }

    public Exception? PrepareError { get; init; }

    public IReadOnlyList<IFacet> MoreFacets { get; init; } = [];

    public IReadOnlyList<IService> Services { get; init; } = [];

    public bool Released { get; private set; }

    public Task<PreparedRun> PrepareAsync(RunSetup setup, CancellationToken cancellationToken)
    {
        if (PrepareError is not null)
        {
            throw PrepareError;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var board = ReplayBoard.Open(setup.Board.Name, Recording, Speed, MoreFacets);
        return Task.FromResult(
            new PreparedRun(
                board,
                new ServiceSet(Services),
                new Deadlines(1),
                new Dictionary<string, string>(StringComparer.Ordinal) { ["network"] = "none" },
                () =>
                {
                    Released = true;
                    return ValueTask.CompletedTask;
                }
            )
        );
    }

    public async Task<(RunOutcome Outcome, RunFolder Folder)> RunAsync(
        string folder,
        bool attack = false,
        string? stopAfter = null,
        CancellationToken cancellationToken = default
    )
    {
        var rig = RigReader.Parse(RigText, "bench.yaml");
        var request = new RunRequest(rig, rig.Boards[0], Scenarios[0], attack ? Attacks[0] : null, stopAfter).Checked();
        using var runFolder = RunFolder.Create(folder);
        var engine = new RunEngine(this, runFolder, new RunEventStream(), Logger.None, TimeProvider.System);
        return (await engine.RunAsync(RunId.Create(SampleRun.Start), request, cancellationToken), runFolder);
    }

    public void Dispose() => _recordings.Dispose();

    private string Record((int Milliseconds, string Text)[] console)
    {
        var (position, times) = (0, "");
        foreach (var (milliseconds, text) in console)
        {
            times += $"{milliseconds} {position} {text.Length}\n";
            position += text.Length;
        }

        _recordings.Write("console.times", times);
        return _recordings.Write("console.log", string.Concat(console.Select(step => step.Text)));
    }
}
