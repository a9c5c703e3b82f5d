namespace Lab.Model.Services;

/// <summary>DHCP, TFTP and HTTP: how a board gets its address and its boot file.</summary>
public interface INetboot : IService
{
    /// <summary>The origin of all HTTP services as the boards see it; handed out in DHCP option 66.</summary>
    Uri BoardOrigin { get; }

    /// <summary>The bytes served under a name.</summary>
    /// <exception cref="Errors.LabException">There is no such file.</exception>
    Task<byte[]> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Serves these bytes under a name, by TFTP and HTTP, instead of what was there; for this run only.</summary>
    Task PublishAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
