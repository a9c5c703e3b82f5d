namespace Lab.Model.Services;

/// <summary>The OCI registry of the rig (distribution-spec 1.1).</summary>
public interface IRegistry : IService
{
    /// <summary>The registry's origin as the lab's own host sees it.</summary>
    Uri HostOrigin { get; }

    /// <summary>The bytes of a blob or manifest, as served.</summary>
    Task<byte[]> ReadAsync(string repository, string digest, CancellationToken cancellationToken);

    /// <summary>Pulls an image as a node does: its manifest and all that the manifest names, over HTTP.</summary>
    /// <param name="repository">The repository, e.g. <c>fleet/hello</c>.</param>
    /// <param name="reference">Tag or digest.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Why nobody can have it; null when it is served whole.</returns>
    Task<string?> FindFaultAsync(string repository, string reference, CancellationToken cancellationToken);

    /// <summary>Puts other bytes in the place of a blob or manifest: what an attacker who holds the registry can do. For this run only.</summary>
    Task SubstituteAsync(string repository, string digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
