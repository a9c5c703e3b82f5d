using System.Net;

namespace Lab.Services.GitOps.Api;

/// <summary>What the API server refused, as its Status object says it.</summary>
internal sealed class KubeApiException(HttpStatusCode status, string reason, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The machine-readable reason, such as <c>Invalid</c> or <c>Conflict</c>.</summary>
    public string Reason { get; } = reason;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>Whether the list or watch must start anew (410 Gone).</summary>
    public bool IsExpired => Status == HttpStatusCode.Gone;
}
