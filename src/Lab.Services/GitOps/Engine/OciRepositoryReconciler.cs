using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>Says of an OCIRepository that it is not fetched, rather than leaving whoever refers to it waiting.</summary>
internal sealed class OciRepositoryReconciler(EngineParts parts)
{
    public async Task<TimeSpan?> ReconcileAsync(ObjectKey key, CancellationToken superseded, CancellationToken cancellationToken)
    {
        if (await parts.Api.FindAsync(FluxApi.OciRepository.Object(key), cancellationToken) is not { } item)
            return null;
        var work = new ObjectUnderWork(parts.Api, FluxApi.OciRepository, FluxApi.SourceManager, item, parts.Time);
        if (item.IsBeingDeleted())
            return null;
        const string message = "OCIRepository is not supported by the embedded engine";
        work.Conditions.False(ConditionList.Ready, SourceException.Unsupported, message);
        work.Conditions.True(ConditionList.Stalled, SourceException.Unsupported, message);
        work.Status["observedGeneration"] = item.Generation();
        await work.SaveAsync(cancellationToken);
        return null;
    }
}
