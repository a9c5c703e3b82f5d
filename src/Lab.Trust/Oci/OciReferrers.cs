using System.Net;

namespace Lab.Trust.Oci;

/// <summary>
/// Manifests about a manifest: the referrers API where the registry has it, else the index under the fallback tag
/// (distribution-spec 1.1, "Referrers Tag Schema").
/// </summary>
internal sealed class OciReferrers(OciTransport transport, OciClient client, string repository)
{
    public static string FallbackTag(OciDigest subject)
    {
        var tag = $"{subject.Algorithm}-{subject.Hex}";
        const int maximumTagLength = 128;
        return tag.Length <= maximumTagLength ? tag : tag[..maximumTagLength];
    }

    public async Task<IReadOnlyList<OciDescriptor>> ListAsync(
        OciDigest subject,
        string? artifactType,
        CancellationToken cancellationToken
    )
    {
        var found = await ListByApiAsync(subject, artifactType, cancellationToken);
        found ??= (await ReadFallbackAsync(subject, cancellationToken)).Manifests;
        // Filters are optional for the registry, so the list is filtered again.
        return artifactType is null ? found : [.. found.Where(item => item.ArtifactType == artifactType)];
    }

    /// <summary>Adds the referrer under the fallback tag. Two writers at once may lose one entry: the specification has no lock.</summary>
    public async Task AddFallbackAsync(OciDigest subject, OciDescriptor referrer, CancellationToken cancellationToken)
    {
        var index = await ReadFallbackAsync(subject, cancellationToken);
        if (index.Manifests.Any(item => item.Digest == referrer.Digest))
        {
            return;
        }
        index = index with { Manifests = [.. index.Manifests, referrer] };
        await client.PushManifestBytesAsync(
            repository,
            FallbackTag(subject),
            index.ToBytes(),
            OciMediaTypes.Index,
            cancellationToken
        );
    }

    private async Task<OciIndex> ReadFallbackAsync(OciDigest subject, CancellationToken cancellationToken)
    {
        try
        {
            var content = await client.PullContentAsync(repository, FallbackTag(subject), cancellationToken);
            return OciIndex.Parse(content.Bytes, content.Descriptor.MediaType);
        }
        catch (OciException e) when (e.Code == OciErrorCode.NotFound)
        {
            return new OciIndex([]);
        }
    }

    private async Task<IReadOnlyList<OciDescriptor>?> ListByApiAsync(
        OciDigest subject,
        string? artifactType,
        CancellationToken cancellationToken
    )
    {
        var query = artifactType is null ? "" : $"?artifactType={Uri.EscapeDataString(artifactType)}";
        Uri? page = transport.Address($"{repository}/referrers/{subject}{query}");
        var all = new List<OciDescriptor>();
        for (var pages = 0; page is not null && pages < transport.Options.Limits.MaximumPages; pages++)
        {
            var address = page;
            var (supported, items, next) = await transport.SendSmallAsync(
                () => new HttpRequestMessage(HttpMethod.Get, address),
                repository,
                transport.Options.Limits.MaximumManifestLength,
                ReadPage,
                cancellationToken
            );
            if (!supported)
            {
                return null;
            }
            all.AddRange(items);
            page = next;
        }
        return all;
    }

    private static (bool Supported, IReadOnlyList<OciDescriptor> Items, Uri? Next) ReadPage(
        HttpResponseMessage response,
        byte[] bytes
    )
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        return response.StatusCode switch
        {
            HttpStatusCode.OK when type == OciMediaTypes.Index => (
                true,
                OciIndex.Parse(bytes, type).Manifests,
                OciTransport.NextPage(response)
            ),
            // Old registries answer this path with 404, and some with 400 or 405.
            HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed => (false, [], null),
            _ => throw OciTransport.Unexpected(response),
        };
    }
}
