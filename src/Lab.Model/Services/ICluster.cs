using System.Text.Json;

namespace Lab.Model.Services;

/// <summary>The Kubernetes cluster of the rig: a control plane that boards join as nodes.</summary>
public interface ICluster : IService
{
    /// <summary>The flavor it is made of: <c>kubeadm-debian</c>, <c>kubeadm</c> or <c>k3s</c>.</summary>
    string Flavor { get; }

    /// <summary>The API server as boards see it.</summary>
    Uri BoardEndpoint { get; }

    /// <summary>A kubeconfig of an administrator, usable on this host while the run lasts.</summary>
    string KubeconfigPath { get; }

    /// <summary>Waits until nodes can join. The control plane starts beside the board's boot.</summary>
    /// <exception cref="Errors.LabException">It did not become ready; with the last lines of the component that failed.</exception>
    Task WaitUntilJoinableAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Sends a request to the API as administrator.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path with its query, e.g. <c>/api/v1/nodes</c>.</param>
    /// <param name="body">The body, null for none.</param>
    /// <param name="contentType">The body's type, e.g. <c>application/merge-patch+json</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The status and the answer (a <c>Status</c> object on errors), also when the API refuses.</returns>
    /// <exception cref="Errors.LabException">The API server cannot be reached.</exception>
    Task<ClusterAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        string contentType,
        CancellationToken cancellationToken
    );

    /// <summary>Watches one collection and waits until it looks as demanded: at once when it does so already.</summary>
    /// <param name="path">A collection's path with its selectors, e.g. <c>/api/v1/pods?labelSelector=app%3Dhello</c>.</param>
    /// <param name="until">Looks at all items of the collection.</param>
    /// <param name="what">What is waited for, for the error.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The items as they then were.</returns>
    /// <exception cref="Errors.BoardException">It did not come within the deadline; says how the items stand.</exception>
    /// <exception cref="Errors.LabException">The API server cannot be reached and did not come back.</exception>
    Task<IReadOnlyList<JsonElement>> WaitAsync(
        string path,
        Func<IReadOnlyList<JsonElement>, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    );

    /// <summary>Kills a component of the control plane (<c>kube-apiserver</c>, <c>etcd</c>, …) and starts it again.</summary>
    Task RestartAsync(string component, CancellationToken cancellationToken);
}
