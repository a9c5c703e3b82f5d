namespace Lab.Model.Services;

/// <summary>The Git repository that rules the cluster in this run: real Git over HTTP, seeded from the rig's fleet folder.</summary>
public interface IFleetRepository : IService
{
    /// <summary>The branch that is followed.</summary>
    string Branch { get; }

    /// <summary>The commit at the branch's head: 40 hexadecimal digits.</summary>
    Task<string> GetHeadAsync(CancellationToken cancellationToken);

    /// <summary>The bytes of a file at the branch's head.</summary>
    Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>Commits changes and pushes them.</summary>
    /// <param name="changes">Path → new content; null content removes the file.</param>
    /// <param name="message">The commit's message.</param>
    /// <param name="signed">Whether the fleet's key signs the commit; false is what an intruder can do.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The new head.</returns>
    Task<string> CommitAsync(
        IReadOnlyDictionary<string, string?> changes,
        string message,
        bool signed,
        CancellationToken cancellationToken
    );

    /// <summary>Sets the branch to another commit (made by <paramref name="changes"/> on the parent of the head), by force: rewritten history.</summary>
    /// <returns>The new head.</returns>
    Task<string> RewriteAsync(IReadOnlyDictionary<string, string?> changes, string message, CancellationToken cancellationToken);

    /// <summary>Sets the branch back to a commit, by force; what cleans up after <see cref="RewriteAsync"/>.</summary>
    Task ResetAsync(string commit, CancellationToken cancellationToken);

    /// <summary>Makes the server refuse connections, or answer again.</summary>
    Task SetReachableAsync(bool reachable, CancellationToken cancellationToken);
}
