using Lab.Model.Boards;
using NUnit.Framework;

namespace Lab.Testing.Contracts;

/// <summary>What every board promises, whatever its driver. A driver's tests derive from the contracts below and say how to open a board.</summary>
public abstract class BoardContract
{
    private Board? _board;

    /// <summary>How long anything may take that the contracts wait for.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>The board, powered off when a test begins.</summary>
    protected Board Board => _board ?? throw new InvalidOperationException("the board is not open");

    /// <summary>Opens a board, powered off.</summary>
    protected abstract Task<Board> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Opens the board.</summary>
    [SetUp]
    public async Task OpenBoardAsync() => _board = await OpenAsync(CancellationToken.None);

    /// <summary>Closes the board.</summary>
    [TearDown]
    public async Task CloseBoardAsync()
    {
        if (_board is not null)
        {
            await _board.DisposeAsync();
        }
    }
}
