using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Lab.Trust.Oci;

/// <summary>
/// A client of one registry (distribution-spec 1.1). What is pulled by digest is verified; what is pulled by tag is
/// only as good as the registry's word. Safe for use by many threads.
/// </summary>
public sealed class OciClient
{
    private readonly OciTransport _transport;

    /// <param name="client">
    /// Not disposed. Its timeout should be infinite: bounds are those of <paramref name="options"/>. A private CA is a
    /// matter of its handler.
    /// </param>
    /// <param name="registry">For example <c>http://10.0.2.2:8080</c>, without <c>/v2/</c>.</param>
    /// <param name="options">Limits, clock, credential.</param>
    public OciClient(HttpClient client, Uri registry, OciClientOptions? options = null)
    {
        _transport = new OciTransport(client, registry, options ?? new OciClientOptions());
    }

    /// <summary>Pulls a manifest or index by tag or digest.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public Task<OciContent> PullContentAsync(string repository, string reference, CancellationToken cancellationToken) =>
        PullContentAsync(repository, reference, expectedLength: null, cancellationToken);

    /// <summary>Pulls and parses the image manifest with the digest.</summary>
    /// <param name="repository">Name in the registry.</param>
    /// <param name="digest">What the bytes must hash to.</param>
    /// <param name="length">What the bytes' number must be, when it is known (a TUF target's length).</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="OciException">Any code.</exception>
    public async Task<OciManifest> PullManifestAsync(
        string repository,
        OciDigest digest,
        long? length,
        CancellationToken cancellationToken
    )
    {
        var content = await PullContentAsync(repository, digest.ToString(), length, cancellationToken);
        return OciManifest.Parse(content.Bytes, content.Descriptor.MediaType);
    }

    /// <summary>Pulls a manifest by tag or digest; from an index, the one for the platform.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public async Task<OciContent> PullForPlatformAsync(
        string repository,
        string reference,
        OciPlatform platform,
        CancellationToken cancellationToken
    )
    {
        var content = await PullContentAsync(repository, reference, cancellationToken);
        if (!OciMediaTypes.IsIndex(content.Descriptor.MediaType))
        {
            return content;
        }
        var chosen = OciIndex.Parse(content.Bytes, content.Descriptor.MediaType).Select(platform);
        content = await PullContentAsync(repository, chosen.Digest.ToString(), chosen.Size, cancellationToken);
        return content.Descriptor.MediaType == chosen.MediaType
            ? content
            : throw OciJson.Invalid($"the index says {chosen.MediaType}, the registry {content.Descriptor.MediaType}.");
    }

    /// <summary>Streams a blob to <paramref name="destination"/>, verifying it on the way.</summary>
    /// <param name="repository">Name in the registry.</param>
    /// <param name="blob">From a verified manifest; its size bounds the transfer.</param>
    /// <param name="destination">Its content may be used only after this method returned.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="OciException">Any code.</exception>
    public Task PullBlobAsync(string repository, OciDescriptor blob, Stream destination, CancellationToken cancellationToken) =>
        new OciBlobDownload(_transport, OciReference.RequireRepository(repository), blob).RunAsync(
            destination,
            cancellationToken
        );

    /// <summary>Pulls a blob into memory.</summary>
    /// <param name="repository">Name in the registry.</param>
    /// <param name="blob">From a verified manifest.</param>
    /// <param name="maximumLength">In bytes; checked before memory is taken.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="OciException">Any code.</exception>
    public async Task<byte[]> PullBlobAsync(
        string repository,
        OciDescriptor blob,
        int maximumLength,
        CancellationToken cancellationToken
    )
    {
        if (blob.Size > maximumLength)
        {
            throw new OciException(
                OciErrorCode.TooLarge,
                $"Blob {blob.MediaType} has {blob.Size} bytes; {maximumLength} are allowed."
            );
        }
        var content = new byte[blob.Size];
        using var stream = new MemoryStream(content);
        await PullBlobAsync(repository, blob, stream, cancellationToken);
        return content;
    }

    /// <summary>Pushes a blob in one request, unless the registry has it.</summary>
    /// <param name="repository">Name in the registry.</param>
    /// <param name="blob">What the content is; the registry checks the digest.</param>
    /// <param name="content">Seekable, at its beginning.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="OciException">Any code.</exception>
    public async Task PushBlobAsync(string repository, OciDescriptor blob, Stream content, CancellationToken cancellationToken)
    {
        var upload = new OciBlobUpload(_transport, OciReference.RequireRepository(repository), blob);
        if (!await upload.ExistsAsync(cancellationToken))
        {
            await upload.SendWholeAsync(content, cancellationToken);
        }
    }

    /// <summary>As <see cref="PushBlobAsync(string, OciDescriptor, Stream, CancellationToken)"/>, in chunks; goes on after a broken connection.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public async Task PushBlobInChunksAsync(
        string repository,
        OciDescriptor blob,
        Stream content,
        int chunkLength,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkLength);
        var upload = new OciBlobUpload(_transport, OciReference.RequireRepository(repository), blob);
        if (!await upload.ExistsAsync(cancellationToken))
        {
            await upload.SendChunksAsync(content, chunkLength, cancellationToken);
        }
    }

    /// <summary>Pushes a small blob from memory and describes it.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public async Task<OciDescriptor> PushBlobAsync(
        string repository,
        string mediaType,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var blob = OciDescriptor.For(mediaType, content.Span);
        await PushBlobAsync(repository, blob, new MemoryStream(content.ToArray()), cancellationToken);
        return blob;
    }

    /// <summary>Makes a blob of another repository of the same registry known in this one.</summary>
    /// <returns><c>false</c> when the registry does not; push the blob then.</returns>
    /// <exception cref="OciException">Any code.</exception>
    public Task<bool> MountBlobAsync(string repository, OciDescriptor blob, string from, CancellationToken cancellationToken) =>
        new OciBlobUpload(_transport, OciReference.RequireRepository(repository), blob).MountAsync(
            OciReference.RequireRepository(from),
            cancellationToken
        );

    /// <summary>Pushes a manifest whose blobs are there, under its digest or also a tag; keeps the fallback list of referrers.</summary>
    /// <returns>The manifest's descriptor.</returns>
    /// <exception cref="OciException">Any code.</exception>
    public Task<OciDescriptor> PushManifestAsync(
        string repository,
        OciManifest manifest,
        string? tag,
        CancellationToken cancellationToken
    ) => PushManifestAsync(repository, manifest, manifest.ToBytes(), tag, cancellationToken);

    internal async Task<OciDescriptor> PushManifestAsync(
        string repository,
        OciManifest manifest,
        byte[] bytes,
        string? tag,
        CancellationToken cancellationToken
    )
    {
        var descriptor = OciDescriptor.For(manifest.MediaType, bytes) with
        {
            // A manifest without an artifact type is listed under its config's type (image-spec 1.1).
            ArtifactType = manifest.ArtifactType ?? manifest.Config.MediaType,
            Annotations = manifest.Annotations,
        };
        var subjectKnown = await PushManifestBytesAsync(
            repository,
            tag ?? descriptor.Digest.ToString(),
            bytes,
            manifest.MediaType,
            cancellationToken
        );
        if (manifest.Subject is { } subject && !subjectKnown)
        {
            await new OciReferrers(_transport, this, repository).AddFallbackAsync(subject.Digest, descriptor, cancellationToken);
        }
        return descriptor;
    }

    /// <summary>Pushes the exact bytes of a manifest or index.</summary>
    /// <returns>True when the registry says that it keeps the list of referrers of the document's subject itself.</returns>
    /// <exception cref="OciException">Any code.</exception>
    public Task<bool> PushManifestBytesAsync(
        string repository,
        string reference,
        ReadOnlyMemory<byte> bytes,
        string mediaType,
        CancellationToken cancellationToken
    )
    {
        OciReference.RequireRepository(repository);
        OciReference.RequireReference(reference);
        return _transport.SendSmallAsync(
            () =>
            {
                var content = new ReadOnlyMemoryContent(bytes);
                content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
                return new HttpRequestMessage(HttpMethod.Put, _transport.Address($"{repository}/manifests/{reference}"))
                {
                    Content = content,
                };
            },
            repository,
            _transport.Options.Limits.MaximumManifestLength,
            (response, _) =>
                response.StatusCode == HttpStatusCode.Created
                    ? response.Headers.Contains("OCI-Subject")
                    : throw OciTransport.Unexpected(response),
            cancellationToken
        );
    }

    /// <summary>The manifests about the subject, perhaps of one artifact type only.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public Task<IReadOnlyList<OciDescriptor>> ListReferrersAsync(
        string repository,
        OciDigest subject,
        string? artifactType,
        CancellationToken cancellationToken
    ) =>
        new OciReferrers(_transport, this, OciReference.RequireRepository(repository)).ListAsync(
            subject,
            artifactType,
            cancellationToken
        );

    /// <summary>The tags of a repository.</summary>
    /// <exception cref="OciException">Any code.</exception>
    public async Task<IReadOnlyList<string>> ListTagsAsync(string repository, CancellationToken cancellationToken)
    {
        Uri? page = _transport.Address($"{OciReference.RequireRepository(repository)}/tags/list");
        var tags = new List<string>();
        for (var pages = 0; page is not null && pages < _transport.Options.Limits.MaximumPages; pages++)
        {
            var address = page;
            var (items, next) = await _transport.SendSmallAsync(
                () => new HttpRequestMessage(HttpMethod.Get, address),
                repository,
                _transport.Options.Limits.MaximumManifestLength,
                ReadTags,
                cancellationToken
            );
            tags.AddRange(items);
            page = next;
        }
        return tags;
    }

    private static (IReadOnlyList<string> Tags, Uri? Next) ReadTags(HttpResponseMessage response, byte[] bytes)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw OciTransport.Unexpected(response);
        }
        return OciJson.Read(
            bytes,
            root =>
            {
                // Docker's registry answers null for a repository whose tags were all removed.
                if (!root.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Array)
                {
                    return (Array.Empty<string>(), OciTransport.NextPage(response));
                }
                var names = tags.EnumerateArray().Select(tag => tag.GetString() ?? "").ToArray();
                return names.All(OciReference.IsTag)
                    ? (names, OciTransport.NextPage(response))
                    : throw OciJson.Invalid("a tag list holds something that is no tag.");
            }
        );
    }

    private Task<OciContent> PullContentAsync(
        string repository,
        string reference,
        long? expectedLength,
        CancellationToken cancellationToken
    )
    {
        OciReference.RequireRepository(repository);
        OciReference.RequireReference(reference);
        var maximum = _transport.Options.Limits.MaximumManifestLength;
        if (expectedLength > maximum)
        {
            throw new OciException(OciErrorCode.TooLarge, $"Manifest of {expectedLength} bytes; {maximum} are allowed.");
        }
        return _transport.SendSmallAsync(
            () => ManifestRequest(HttpMethod.Get, repository, reference),
            repository,
            maximum,
            (response, bytes) => CheckContent(response, bytes, reference, expectedLength),
            cancellationToken
        );
    }

    private HttpRequestMessage ManifestRequest(HttpMethod method, string repository, string reference)
    {
        var request = new HttpRequestMessage(method, _transport.Address($"{repository}/manifests/{reference}"));
        foreach (
            var type in (string[])
                [OciMediaTypes.Manifest, OciMediaTypes.Index, OciMediaTypes.DockerManifest, OciMediaTypes.DockerIndex]
        )
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }
        return request;
    }

    private static OciContent CheckContent(HttpResponseMessage response, byte[] bytes, string reference, long? expectedLength)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw OciTransport.Unexpected(response);
        }
        var digest = OciDigest.TryParse(reference);
        if (digest is not null && (!digest.Matches(bytes) || (expectedLength ?? bytes.Length) != bytes.Length))
        {
            throw new OciException(
                OciErrorCode.DigestMismatch,
                $"The registry sent {bytes.Length} bytes for {reference} that do not have this digest and length."
            );
        }
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        return OciMediaTypes.IsManifest(type) || OciMediaTypes.IsIndex(type)
            ? new OciContent(new OciDescriptor(type, digest ?? OciDigest.Compute(bytes), bytes.Length), bytes)
            : throw OciJson.Invalid($"the registry sent it as '{type}', which is no type of a manifest or index.");
    }
}
