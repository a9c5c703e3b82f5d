using k8s;
using k8s.Models;

namespace Lab.Services.Admission;

/// <summary>Tells on the Node object what became of it, for those who ask the cluster and not the lab: <c>kubectl get events</c>.</summary>
internal static class NodeEventWriter
{
    // Where events go whose object has no namespace.
    private const string Namespace = "default";
    private const string Component = "hwlab-admission";

    // Kubernetes, Event: "message" may have 1 KiB.
    private const int LongestMessage = 1024;

    /// <summary>Tells that a node was put out.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="node">The node; it need not exist.</param>
    /// <param name="code">One of <see cref="ExpulsionCodes"/>; becomes the reason, such as <c>ExpelledSilence</c>.</param>
    /// <param name="message">For people.</param>
    /// <param name="at">When its trust ended.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static Task TellExpulsionAsync(
        IKubernetes api,
        string node,
        string code,
        string message,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        api.CoreV1.CreateNamespacedEventAsync(
            new Corev1Event
            {
                Metadata = new V1ObjectMeta { GenerateName = $"{node}.expelled-", NamespaceProperty = Namespace },
                // The kubelet's own events carry the name for the UID, and that is what kubectl describe looks for.
                InvolvedObject = new V1ObjectReference
                {
                    ApiVersion = "v1",
                    Kind = "Node",
                    Name = node,
                    Uid = node,
                },
                Type = "Warning",
                Reason = ReasonOf(code),
                Message = message.Length <= LongestMessage ? message : message[..LongestMessage],
                Source = new V1EventSource { Component = Component },
                FirstTimestamp = at.UtcDateTime,
                LastTimestamp = at.UtcDateTime,
                Count = 1,
            },
            Namespace,
            cancellationToken: cancellationToken
        );

    internal static string ReasonOf(string code) => $"Expelled{char.ToUpperInvariant(code[0])}{code[1..]}";
}
