using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;

namespace Lab.Controller.Wiring;

/// <summary>A run's boards, powered off, and the services they will meet. Disposing it stops the boards and then the services.</summary>
/// <param name="board">The board; owned.</param>
/// <param name="services">The services.</param>
/// <param name="deadlines">How long to wait on this host.</param>
/// <param name="facts">What is worth keeping in the record: tool versions, accelerator, network mode, measured host speed.</param>
/// <param name="release">Stops the services.</param>
public sealed class PreparedRun(
    Board board,
    ServiceSet services,
    Deadlines deadlines,
    IReadOnlyDictionary<string, string> facts,
    Func<ValueTask>? release = null
) : IAsyncDisposable
{
    /// <summary>The board.</summary>
    public Board Board { get; } = board;

    /// <summary>The boards beside the first; owned.</summary>
    public IReadOnlyList<Board> Others { get; init; } = [];

    /// <summary>All boards, the first one first.</summary>
    public IReadOnlyList<Board> Boards => [Board, .. Others];

    /// <summary>The services.</summary>
    public ServiceSet Services { get; } = services;

    /// <summary>How long to wait on this host.</summary>
    public Deadlines Deadlines { get; } = deadlines;

    /// <summary>What is worth keeping in the record.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; } = facts;

    /// <summary>Ends with the reason when a service fails while the run goes on: what the board then lacks is not its fault.</summary>
    public Task<LabException?> ServicesFailed { get; init; } = Task.FromResult<LabException?>(null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(Boards.Select(board => board.DisposeAsync().AsTask()));
        }
        finally
        {
            if (release is not null)
            {
                await release();
            }
        }
    }
}
