using Lab.Model.Errors;

namespace Lab.Services.Cluster;

/// <summary>The processes of one cluster, as a flavor runs them.</summary>
internal interface IControlPlane : IAsyncDisposable
{
    /// <summary>Ends with the reason when a component ends by itself; with null when the control plane was stopped.</summary>
    Task<LabException?> Failed { get; }

    /// <summary>What is being waited for while it starts, with the last lines of who is to do it; for an error.</summary>
    string Standing { get; }

    /// <summary>Makes keys and certificates, and begins to start.</summary>
    /// <returns>The kubeconfig of an administrator as the flavor's own tool wrote it.</returns>
    Task<string> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Starts the rest and returns when nodes can join.</summary>
    /// <param name="api">The API as administrator.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task StartAsync(Access.ClusterApi api, CancellationToken cancellationToken);

    /// <summary>Kills a component and starts it again; returns when it answers.</summary>
    Task RestartAsync(string component, Access.ClusterApi api, CancellationToken cancellationToken);
}
