using Lab.Model.Errors;

namespace Lab.Model.Boards;

/// <summary>One machine under test: a name and a set of facets. Disposing it takes the board out of use and stops what was started for it.</summary>
public sealed class Board(string name, IEnumerable<IFacet> facets, Func<ValueTask>? release = null) : IAsyncDisposable
{
    private readonly IFacet[] _facets = [.. facets];
    private Func<ValueTask>? _release = release;

    /// <summary>The board's name in its rig.</summary>
    public string Name { get; } = name;

    /// <summary>The facet of that kind, or null where the board's wiring has none.</summary>
    public TFacet? Find<TFacet>()
        where TFacet : class, IFacet => _facets.OfType<TFacet>().FirstOrDefault();

    /// <summary>The facet of that kind.</summary>
    /// <exception cref="RigException">The board's wiring has none.</exception>
    public TFacet Require<TFacet>()
        where TFacet : class, IFacet =>
        Find<TFacet>()
        ?? throw new RigException($"board '{Name}' has no {typeof(TFacet).Name[1..]} facet", remedy: "wire one in the rig file");

    /// <summary>Whether the board has a facet of that type.</summary>
    public bool Has(Type facet) => _facets.Any(facet.IsInstanceOfType);

    /// <summary>The same board, released in another way: for an owner who holds it together with other things.</summary>
    public Board With(Func<ValueTask> release) => new(Name, _facets, release);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _release, null)?.Invoke() ?? ValueTask.CompletedTask;
}
