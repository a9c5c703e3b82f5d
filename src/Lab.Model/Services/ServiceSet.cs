using Lab.Model.Errors;

namespace Lab.Model.Services;

/// <summary>The services a run was given, found by their interface.</summary>
public sealed class ServiceSet(IEnumerable<IService> services)
{
    private readonly IService[] _services = [.. services];

    /// <summary>The service of that kind, or null where the run has none.</summary>
    public TService? Find<TService>()
        where TService : class, IService => _services.OfType<TService>().FirstOrDefault();

    /// <summary>The service of that kind.</summary>
    /// <exception cref="RigException">The rig offers none.</exception>
    public TService Require<TService>()
        where TService : class, IService =>
        Find<TService>()
        ?? throw new RigException(
            $"the rig offers no {typeof(TService).Name[1..]} service",
            remedy: "add it to the rig's services"
        );
}
