namespace Lab.Model.Boards;

/// <summary>What the board starts from at its next power-on or reset.</summary>
public interface IBootSource : IFacet
{
    /// <summary>What is set now.</summary>
    BootConfiguration Current { get; }

    /// <summary>Sets what the next start uses.</summary>
    Task UseAsync(BootConfiguration configuration, CancellationToken cancellationToken);
}
