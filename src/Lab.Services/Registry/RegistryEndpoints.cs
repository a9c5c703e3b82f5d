using System.Text.Json;
using Lab.Services.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lab.Services.Registry;

/// <summary>
/// <c>/v2/…</c>: OCI distribution-spec 1.1. Boards read; only publishers, who come by a door of their own, change anything.
/// </summary>
internal sealed class RegistryEndpoints(RegistryReader reader, RegistryWriter writer)
{
    public void Map(IEndpointRouteBuilder routes) => routes.Map("/v2/{**path}", (RequestDelegate)AnswerAsync);

    /// <exception cref="RegistryException">It is no sha256 digest.</exception>
    public static ContentDigest Digest(string reference) =>
        ContentDigest.TryParse(reference, out var digest)
            ? digest
            : throw RegistryException.DigestInvalid("a digest is sha256: and 64 lower-case hexadecimal digits");

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        try
        {
            var route = RegistryRoute.Parse(context.Request.RouteValues["path"] as string ?? "");
            await RouteAsync(context, route);
        }
        catch (RegistryException exception) when (!context.Response.HasStarted)
        {
            await AnswerErrorAsync(context, exception);
        }
    }

    private Task RouteAsync(HttpContext context, RegistryRoute route)
    {
        var method = context.Request.Method;
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        var changes = !reads || route.Kind is RegistryRouteKind.Upload or RegistryRouteKind.Uploads;
        if (changes && !PublisherDoor.IsUsedBy(context))
            throw RegistryException.ReadOnly();
        switch (route.Kind)
        {
            case RegistryRouteKind.Upload:
                return writer.UploadAsync(context, route.Name, route.Reference);
            case RegistryRouteKind.Uploads when HttpMethods.IsPost(method):
                return writer.BeginUploadAsync(context, route.Name);
            case RegistryRouteKind.Manifest when HttpMethods.IsPut(method):
                return writer.PutManifestAsync(context, route.Name, route.Reference);
            case RegistryRouteKind.Manifest when HttpMethods.IsDelete(method):
                writer.DeleteManifest(context, route.Name, route.Reference);
                return Task.CompletedTask;
            case RegistryRouteKind.Blob when HttpMethods.IsDelete(method):
                writer.DeleteBlob(context, route.Name, route.Reference);
                return Task.CompletedTask;
            case RegistryRouteKind.Uploads:
                throw RegistryException.Unsupported();
            default:
                return reads ? ReadAsync(context, route) : throw RegistryException.Unsupported();
        }
    }

    private Task ReadAsync(HttpContext context, RegistryRoute route) =>
        route.Kind switch
        {
            RegistryRouteKind.Blob => reader.BlobAsync(context, route.Name, route.Reference),
            RegistryRouteKind.Manifest => reader.ManifestAsync(context, route.Name, route.Reference),
            RegistryRouteKind.Tags => reader.TagsAsync(context, route.Name),
            RegistryRouteKind.Referrers => reader.ReferrersAsync(context, route.Name, route.Reference),
            RegistryRouteKind.Catalog => reader.CatalogAsync(context),
            _ => Task.CompletedTask,
        };

    private static async Task AnswerErrorAsync(HttpContext context, RegistryException exception)
    {
        context.Response.StatusCode = exception.Status;
        context.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteString("code", exception.Code);
        json.WriteString("message", exception.Message);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
