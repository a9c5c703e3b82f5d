using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Lab.Services.Registry;

/// <summary>Push and delete: uploads monolithic, chunked and mounted, and manifests.</summary>
internal sealed class RegistryWriter(BlobStore blobs, RepositoryTable repositories, UploadTable uploads, RegistryLimits limits)
{
    private const string DigestHeader = "Docker-Content-Digest";

    public async Task BeginUploadAsync(HttpContext context, string name)
    {
        var query = context.Request.Query;
        if (TryMount(name, query["mount"].FirstOrDefault(), query["from"].FirstOrDefault(), out var mounted))
        {
            Created(context, $"/v2/{name}/blobs/{mounted}", mounted);
            return;
        }
        var begun = uploads.Begin(name);
        if (query["digest"].FirstOrDefault() is { } digest)
        {
            var upload = await uploads.EnterAsync(name, begun.Id, context.RequestAborted);
            await CompleteAsync(context, upload, RegistryEndpoints.Digest(digest));
            return;
        }
        Accepted(context, begun);
    }

    public async Task UploadAsync(HttpContext context, string name, string id)
    {
        var method = context.Request.Method;
        if (
            !HttpMethods.IsGet(method)
            && !HttpMethods.IsPatch(method)
            && !HttpMethods.IsPut(method)
            && !HttpMethods.IsDelete(method)
        )
            throw RegistryException.Unsupported();
        var upload = await uploads.EnterAsync(name, id, context.RequestAborted);
        if (HttpMethods.IsPut(method))
        {
            await FinishAsync(context, upload);
            return;
        }
        try
        {
            if (HttpMethods.IsPatch(method))
                await AppendAsync(context, upload);
            if (HttpMethods.IsDelete(method))
                uploads.End(upload);
            else
                Accepted(context, upload);
            if (!HttpMethods.IsPatch(method))
                context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        finally
        {
            upload.Gate.Release();
        }
    }

    public async Task PutManifestAsync(HttpContext context, string name, string reference)
    {
        var tag = reference.StartsWith("sha256:", StringComparison.Ordinal) ? null : reference;
        if (tag is not null && !RegistryRoute.IsTag(tag))
            throw RegistryException.ManifestInvalid("the tag is not as the specification says");
        var content = await ReadBodyAsync(context, limits.Manifest);
        var digest = ContentDigest.Of(content);
        if (tag is null && RegistryEndpoints.Digest(reference) != digest)
            throw RegistryException.DigestInvalid($"the content's digest is {digest}");
        var document = ManifestDocument.Parse(content, ContentType(context));
        DemandReferences(name, document);
        await blobs.AddAsync(content, context.RequestAborted);
        repositories.AddManifest(name, new StoredManifest(digest, content.Length, document), tag, byLab: false);
        if (document.Subject is { } subject)
            context.Response.Headers["OCI-Subject"] = subject.ToString();
        Created(context, $"/v2/{name}/manifests/{digest}", digest);
    }

    public void DeleteManifest(HttpContext context, string name, string reference)
    {
        if (!repositories.RemoveManifest(name, reference))
            throw RegistryException.ManifestUnknown(reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    public void DeleteBlob(HttpContext context, string name, string reference)
    {
        // The content stays in the rig's store: other runs may serve it.
        if (!repositories.RemoveBlob(name, RegistryEndpoints.Digest(reference)))
            throw RegistryException.BlobUnknown(reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private bool TryMount(string name, string? mount, string? from, out ContentDigest digest)
    {
        if (!ContentDigest.TryParse(mount, out digest))
            return false;
        var there = from is null ? repositories.HasBlob(name, digest) : repositories.HasBlob(from, digest);
        if (there)
            repositories.AddBlob(name, digest);
        return there;
    }

    private async Task AppendAsync(HttpContext context, Upload upload)
    {
        if (context.Request.Headers.ContentRange.FirstOrDefault() is { } range && !StartsAt(range, upload.Length))
            throw RegistryException.OutOfOrder(upload.Length);
        Unbound(context);
        await upload.AppendAsync(context.Request.Body, limits.Blob, context.RequestAborted);
    }

    private async Task FinishAsync(HttpContext context, Upload upload)
    {
        if (context.Request.Query["digest"].FirstOrDefault() is not { } digest)
        {
            upload.Gate.Release();
            throw RegistryException.DigestInvalid("no digest");
        }
        ContentDigest expected;
        try
        {
            expected = RegistryEndpoints.Digest(digest);
        }
        catch (RegistryException)
        {
            upload.Gate.Release();
            throw;
        }
        await CompleteAsync(context, upload, expected);
    }

    /// <summary>Takes the last bytes, checks the digest, and gives the upload up whatever comes of it.</summary>
    private async Task CompleteAsync(HttpContext context, Upload upload, ContentDigest expected)
    {
        try
        {
            await AppendAsync(context, upload);
            var digest = upload.Complete();
            if (digest != expected)
                throw RegistryException.DigestInvalid($"the content's digest is {digest}");
            blobs.Adopt(upload.Path, digest);
            repositories.AddBlob(upload.Repository, digest);
            Created(context, $"/v2/{upload.Repository}/blobs/{digest}", digest);
        }
        finally
        {
            uploads.End(upload);
            upload.Gate.Release();
        }
    }

    private void DemandReferences(string name, ManifestDocument document)
    {
        foreach (var blob in document.Blobs.Where(blob => !repositories.HasBlob(name, blob)))
            throw RegistryException.ManifestBlobUnknown(blob.ToString());
        foreach (
            var manifest in document.Manifests.Where(manifest => repositories.FindManifest(name, manifest.ToString()) is null)
        )
            throw RegistryException.ManifestBlobUnknown(manifest.ToString());
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context, int limit)
    {
        Unbound(context);
        if (context.Request.ContentLength > limit)
            throw RegistryException.SizeInvalid($"a manifest may have {limit} bytes");
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > limit)
                throw RegistryException.SizeInvalid($"a manifest may have {limit} bytes");
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }

    // The registry has limits of its own, per kind of content.
    private static void Unbound(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null;
    }

    // "START-END", inclusive; some clients write "bytes START-END/*".
    private static bool StartsAt(string range, long offset)
    {
        var text = range.StartsWith("bytes ", StringComparison.Ordinal) ? range["bytes ".Length..] : range;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && start == offset;
    }

    private static string? ContentType(HttpContext context) => context.Request.ContentType?.Split(';')[0].Trim();

    private static void Accepted(HttpContext context, Upload upload)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = $"/v2/{upload.Repository}/blobs/uploads/{upload.Id}";
        context.Response.Headers["Docker-Upload-UUID"] = upload.Id;
        // The specification's form of an empty range is 0-0, which says one byte; 0--1 would be right and breaks clients.
        context.Response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";
    }

    private static void Created(HttpContext context, string location, ContentDigest digest)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = location;
        context.Response.Headers[DigestHeader] = digest.ToString();
    }
}
