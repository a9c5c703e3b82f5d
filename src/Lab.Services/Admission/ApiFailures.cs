using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;

namespace Lab.Services.Admission;

/// <summary>Which failures of the API pass: it restarts, it is busy, another was faster.</summary>
internal static class ApiFailures
{
    public static bool IsPassing(Exception exception, CancellationToken cancellationToken) =>
        exception switch
        {
            HttpOperationException refused => IsPassing(refused.Response.StatusCode),
            HttpRequestException or IOException => true,
            // A watch that ends in the middle of a line, or with an error in it.
            JsonException or KubernetesException => true,
            // The client's own time limit, not the caller's.
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            _ => false,
        };

    public static bool Is(Exception exception, HttpStatusCode status) =>
        exception is HttpOperationException refused && refused.Response.StatusCode == status;

    private static bool IsPassing(HttpStatusCode status) =>
        (int)status >= 500
        || status
            is HttpStatusCode.TooManyRequests
                or HttpStatusCode.RequestTimeout
                or HttpStatusCode.Conflict
                // While its informers are not in step after a restart, an API server knows nobody.
                or HttpStatusCode.Unauthorized
                or HttpStatusCode.Forbidden;
}
