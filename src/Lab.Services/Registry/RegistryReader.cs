using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Lab.Services.Registry;

/// <summary>Pull, list and referrers: the answers that change nothing.</summary>
internal sealed class RegistryReader(BlobStore blobs, RepositoryTable repositories, RegistryOverlay overlay)
{
    private const string DigestHeader = "Docker-Content-Digest";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const int DefaultPage = 1000;

    public Task BlobAsync(HttpContext context, string name, string reference)
    {
        var digest = RegistryEndpoints.Digest(reference);
        if (!repositories.HasBlob(name, digest))
            throw RegistryException.BlobUnknown(reference);
        return ContentAsync(context, name, digest, "application/octet-stream");
    }

    public Task ManifestAsync(HttpContext context, string name, string reference)
    {
        if (!reference.StartsWith("sha256:", StringComparison.Ordinal) && !RegistryRoute.IsTag(reference))
            throw RegistryException.ManifestUnknown(reference);
        var manifest = repositories.FindManifest(name, reference) ?? throw RegistryException.ManifestUnknown(reference);
        return ContentAsync(context, name, manifest.Digest, manifest.Document.MediaType);
    }

    /// <summary>The path of what is served under a digest: the substitute where one was put in its place.</summary>
    public string Served(string name, ContentDigest digest) => overlay.Substitute(name, digest) ?? blobs.PathOf(digest);

    public Task TagsAsync(HttpContext context, string name)
    {
        var page = Page(context, repositories.Tags(name), $"/v2/{name}/tags/list");
        return WriteJsonAsync(
            context,
            "application/json",
            json =>
            {
                json.WriteString("name", name);
                WriteStrings(json, "tags", page);
            }
        );
    }

    public Task CatalogAsync(HttpContext context)
    {
        var page = Page(context, repositories.Names, "/v2/_catalog");
        return WriteJsonAsync(context, "application/json", json => WriteStrings(json, "repositories", page));
    }

    public Task ReferrersAsync(HttpContext context, string name, string reference)
    {
        var referrers = repositories.Referrers(name, RegistryEndpoints.Digest(reference)).AsEnumerable();
        if (context.Request.Query["artifactType"].FirstOrDefault() is { } wanted)
        {
            referrers = referrers.Where(manifest => manifest.Document.ArtifactType == wanted);
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }
        return WriteJsonAsync(
            context,
            IndexType,
            json =>
            {
                json.WriteNumber("schemaVersion", 2);
                json.WriteString("mediaType", IndexType);
                json.WriteStartArray("manifests");
                foreach (var manifest in referrers.OrderBy(manifest => manifest.Digest.Hex, StringComparer.Ordinal))
                    WriteDescriptor(json, manifest);
                json.WriteEndArray();
            }
        );
    }

    private async Task ContentAsync(HttpContext context, string name, ContentDigest digest, string mediaType)
    {
        var path = Served(name, digest);
        context.Response.Headers[DigestHeader] = digest.ToString();
        if (overlay.CutAfter(digest) is { } bytes && HttpMethods.IsGet(context.Request.Method))
        {
            await CutAsync(context, path, bytes, mediaType);
            return;
        }
        await Results
            .File(path, mediaType, entityTag: new EntityTagHeaderValue($"\"{digest}\""), enableRangeProcessing: true)
            .ExecuteAsync(context);
    }

    private static async Task CutAsync(HttpContext context, string path, long bytes, string mediaType)
    {
        var length = new FileInfo(path).Length;
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = length;
        await context.Response.SendFileAsync(path, 0, Math.Min(bytes, length), context.RequestAborted);
        // Fewer bytes than announced: the server now closes the connection. An abort could take back what is still on its way.
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static string[] Page(HttpContext context, IReadOnlyList<string> all, string path)
    {
        var query = context.Request.Query;
        var size = DefaultPage;
        if (
            query.TryGetValue("n", out var asked)
            && !int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size)
        )
            throw new RegistryException(400, "UNSUPPORTED", "n is not a number");
        size = Math.Clamp(size, 0, DefaultPage);
        var last = query["last"].FirstOrDefault();
        var rest = all.Where(name => last is null || string.CompareOrdinal(name, last) > 0).ToArray();
        var page = rest[..Math.Min(size, rest.Length)];
        if (page.Length > 0 && page.Length < rest.Length)
            context.Response.Headers.Link = $"<{path}?n={size}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"";
        return page;
    }

    private static void WriteDescriptor(Utf8JsonWriter json, StoredManifest manifest)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", manifest.Document.MediaType);
        json.WriteString("digest", manifest.Digest.ToString());
        json.WriteNumber("size", manifest.Size);
        if (manifest.Document.ArtifactType is { } type)
            json.WriteString("artifactType", type);
        if (manifest.Document.Annotations is { } annotations)
        {
            json.WritePropertyName("annotations");
            annotations.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static async Task WriteJsonAsync(HttpContext context, string mediaType, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.BodyWriter.WriteAsync(body.ToArray(), context.RequestAborted);
    }
}
