namespace Lab.Model.Services;

/// <summary>The OCI registry of the rig (distribution-spec 1.1).</summary>
public interface IRegistry : IService
{
    /// <summary>The registry's origin as the lab's own host sees it.</summary>
    Uri HostOrigin { get; }

    /// <summary>The bytes of a blob or manifest, as served.</summary>
    Task<byte[]> ReadAsync(string repository, string digest, CancellationToken cancellationToken);

    /// <summary>Puts other bytes in the place of a blob or manifest: what an attacker who holds the registry can do. For this run only.</summary>
    Task SubstituteAsync(string repository, string digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
