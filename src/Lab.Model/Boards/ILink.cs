namespace Lab.Model.Boards;

/// <summary>The board's network cable.</summary>
public interface ILink : IFacet
{
    /// <summary>The board's MAC address, lower case, colon-separated.</summary>
    string MacAddress { get; }

    /// <summary>Plugs the cable in or pulls it.</summary>
    Task SetConnectedAsync(bool connected, CancellationToken cancellationToken);
}
