using Lab.Host.Storage;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;

namespace Lab.Services.Tuf;

/// <summary>
/// The TUF repository of a rig: keys and signed metadata in the rig's state folder, made on first use. Its versions only rise, whichever run
/// publishes, because boards remember the newest they have seen. What boards are served is each run's own copy.
/// </summary>
public sealed class RigTufRepository
{
    private readonly TufRepositoryFolder _folder;

    private RigTufRepository(TufRepositoryFolder folder, ReadOnlyMemory<byte> pinnedRoot)
    {
        PinnedAt = new DateTimeOffset(
            File.GetLastWriteTimeUtc(System.IO.Path.Combine(folder.MetadataPath, "1.root.json")),
            TimeSpan.Zero
        );
        _folder = folder;
        PinnedRoot = pinnedRoot;
    }

    /// <summary>The first root (<c>1.root.json</c>): what is pinned in a board. It stays the same when keys are rotated, since later roots chain to it.</summary>
    public ReadOnlyMemory<byte> PinnedRoot { get; }

    /// <summary>When that root was written: no board that pins it can rightly believe that it is earlier.</summary>
    public DateTimeOffset PinnedAt { get; }

    /// <summary>Opens the repository, or makes it with new keys.</summary>
    /// <param name="rigState">The rig's state folder; the repository lives in <c>tuf/</c> in it.</param>
    /// <param name="time">Gives the start of each validity.</param>
    /// <param name="cancellationToken">Gives up waiting for another run that is publishing.</param>
    /// <exception cref="LabException">The repository is damaged, or the folder cannot be written.</exception>
    public static async Task<RigTufRepository> OpenAsync(string rigState, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = new TufRepositoryFolder(Path.Combine(rigState, "tuf"), time);
        return await GuardAsync(
            folder,
            () =>
            {
                if (!folder.Exists)
                    folder.Initialise(TufRepositoryPlan.Default);
                return new RigTufRepository(folder, folder.Open().ReadRoot());
            },
            cancellationToken
        );
    }

    /// <summary>Changes the repository, publishes what changed, and reads back everything that is published. One change at a time, across programs.</summary>
    internal Task<TufState> PublishAsync(Action<TufRepository> change, CancellationToken cancellationToken) =>
        GuardAsync(
            _folder,
            () =>
            {
                var repository = _folder.Open();
                change(repository);
                repository.Publish();
                return ServedMetadata.Read(_folder.MetadataPath);
            },
            cancellationToken
        );

    /// <summary>Reads everything that is published, and nothing half-published.</summary>
    internal Task<TufState> CaptureAsync(CancellationToken cancellationToken) =>
        GuardAsync(_folder, () => ServedMetadata.Read(_folder.MetadataPath), cancellationToken);

    private static async Task<TResult> GuardAsync<TResult>(
        TufRepositoryFolder folder,
        Func<TResult> action,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var held = await FolderLock.TakeAsync(folder.Path, cancellationToken);
            return action();
        }
        catch (TufException exception)
        {
            throw new LabException(
                exception.Message,
                folder.Path,
                "remove that folder to start with a new repository; boards must then be given its new root (it is made into the boot file)",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(exception.Message, folder.Path, "see that the folder can be written and has room", exception);
        }
    }
}
