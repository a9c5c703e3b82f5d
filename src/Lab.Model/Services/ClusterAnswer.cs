using System.Net;
using System.Text.Json;

namespace Lab.Model.Services;

/// <summary>What the Kubernetes API answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON object; a <c>Status</c> where the API refused.</param>
public sealed record ClusterAnswer(HttpStatusCode Status, JsonElement Body)
{
    /// <summary>Whether the API did what was asked.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}
