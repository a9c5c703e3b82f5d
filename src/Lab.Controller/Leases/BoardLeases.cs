using System.Text.Json;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Controller.Leases;

/// <summary>
/// The leases of a rig's boards, a small file each in the rig's state. A file says who holds the board and never that it is held: that depends
/// on whether the owner's process runs and on the time, so no lease can be stuck.
/// </summary>
/// <param name="folders">Where the lab writes.</param>
/// <param name="rig">The rig's name.</param>
/// <param name="time">The clock.</param>
internal sealed class BoardLeases(LabFolders folders, string rig, TimeProvider time)
{
    private string Folder => Path.Combine(folders.Rig(rig), "leases");

    /// <summary>The lease that holds now, or null.</summary>
    public Lease? Find(string board) => Read(board) is { } lease && lease.HoldsAt(time.GetUtcNow()) ? lease : null;

    /// <summary>Refuses a board that somebody else has.</summary>
    /// <exception cref="LabException">Somebody has it.</exception>
    public void Demand(string board)
    {
        if (Find(board) is { IsOurs: false } lease)
        {
            throw Refused(lease);
        }
    }

    /// <summary>Takes a board for a process.</summary>
    /// <param name="board">The board.</param>
    /// <param name="owner">The process that the lease ends with.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="duration">How long at most; null for as long as the owner runs.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">Somebody else has it.</exception>
    public async Task<Lease> TakeAsync(
        string board,
        ProcessIdentity owner,
        string purpose,
        TimeSpan? duration,
        CancellationToken cancellationToken
    )
    {
        using var held = await FolderLock.TakeAsync(Folder, cancellationToken);
        Demand(board);
        var now = time.GetUtcNow();
        var lease = new Lease(
            board,
            (Read(board)?.Generation ?? 0) + 1,
            owner,
            Environment.UserName,
            purpose,
            now,
            now + duration
        );
        Write(lease);
        return lease;
    }

    /// <summary>Takes a board for as long as this program uses it; inside a lease of the process that started it, that one stays.</summary>
    /// <exception cref="LabException">Somebody else has it.</exception>
    public async Task<IAsyncDisposable> UseAsync(string board, string purpose, CancellationToken cancellationToken)
    {
        if (Find(board) is { IsOurs: true })
        {
            return new Use(this, lease: null);
        }

        var self = ProcessAncestry.Ancestors().First();
        return new Use(this, await TakeAsync(board, self, purpose, duration: null, cancellationToken));
    }

    /// <summary>Gives a board back.</summary>
    /// <param name="board">The board.</param>
    /// <param name="generation">Only if it is this lease; null for whichever there is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The lease that has ended, or null when there was none.</returns>
    public async Task<Lease?> ReleaseAsync(string board, long? generation, CancellationToken cancellationToken)
    {
        using var held = await FolderLock.TakeAsync(Folder, cancellationToken);
        if (Find(board) is not { } lease || (generation is not null && lease.Generation != generation))
        {
            return null;
        }

        Write(lease with { Owner = null });
        return lease;
    }

    private static LabException Refused(Lease lease) =>
        new(
            $"board {lease.Board} is in use by another run or user: {lease.Holder}"
                + (lease.ExpiresAt is { } end ? $", until {end.ToLocalTime():HH:mm:ss}" : ""),
            $"lease {lease.Generation} of {lease.Board}",
            "wait for it to end, or take another board; 'hwlab lease list' shows all"
        );

    private string PathOf(string board) => Path.Combine(Folder, board + ".json");

    private Lease? Read(string board)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(board)), LeaseJson.Default.Lease);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"the lease cannot be read: {exception.Message}",
                PathOf(board),
                "see that it can be read",
                exception
            );
        }
    }

    // A rename is seen whole or not at all.
    private void Write(Lease lease)
    {
        var path = PathOf(lease.Board);
        var temporary = $"{path}.new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(lease, LeaseJson.Default.Lease));
        File.Move(temporary, path, overwrite: true);
    }

    private sealed class Use(BoardLeases leases, Lease? lease) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (lease is not null)
            {
                await leases.ReleaseAsync(lease.Board, lease.Generation, CancellationToken.None);
            }
        }
    }
}
