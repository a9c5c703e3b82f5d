using Lab.Model.Boards;
using Lab.Model.Runs;
using Lab.Model.Services;

namespace Lab.Model.Scenarios;

/// <summary>What a scenario is handed: a board, services, and a place for what it learns.</summary>
/// <param name="Board">The board under test; the first one where a scenario takes several.</param>
/// <param name="Services">The services the rig gives it.</param>
/// <param name="Recorder">Where everything goes.</param>
/// <param name="Deadlines">How long to wait on this host.</param>
/// <param name="Time">The clock.</param>
public sealed record RunContext(Board Board, ServiceSet Services, IRunRecorder Recorder, Deadlines Deadlines, TimeProvider Time)
{
    /// <summary>The boards beside <see cref="Board"/>, as many as <see cref="IScenario.BoardCount"/> says.</summary>
    public IReadOnlyList<Board> Others { get; init; } = [];

    /// <summary>The same for one of the boards: its evidence and its moments are kept under its name.</summary>
    public RunContext For(Board board) => this with { Board = board, Recorder = Recorder.For(board.Name), Others = [] };
}
