using System.Formats.Tar;
using System.IO.Compression;

namespace Lab.Services.GitOps.Sources;

/// <summary>The files of an artifact's layer: a tar archive, compressed by gzip or not. Nothing is unpacked onto the disk.</summary>
internal sealed class LayerFiles(GitLimits limits)
{
    private static readonly byte[] Gzip = [0x1F, 0x8B];

    /// <summary>All files by path. Symbolic links are passed over, as Flux does.</summary>
    /// <exception cref="SourceException">It is no archive, or holds something that must not be unpacked.</exception>
    public async Task<SortedDictionary<string, byte[]>> ReadAsync(byte[] layer, CancellationToken cancellationToken)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            await using Stream plain = layer.AsSpan().StartsWith(Gzip)
                ? new GZipStream(new MemoryStream(layer), CompressionMode.Decompress)
                : new MemoryStream(layer);
            await using var archive = new TarReader(plain);
            var entries = 0;
            long total = 0;
            while (await archive.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (++entries > limits.Files)
                    throw Hostile($"more than {limits.Files} entries");
                if (
                    entry.EntryType
                    is TarEntryType.Directory
                        or TarEntryType.SymbolicLink
                        or TarEntryType.GlobalExtendedAttributes
                )
                    continue;
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                    throw Hostile($"{entry.Name}, which is no file but a {entry.EntryType}");
                var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (!GitTree.IsSafe(path))
                    throw Hostile($"a path that must not be unpacked: {path}");
                if (entry.Length > limits.File || (total += entry.Length) > limits.Total)
                    throw Hostile($"{path} with {entry.Length} bytes: a file may have {limits.File}, all files {limits.Total}");
                var content = new byte[entry.Length];
                if (entry.DataStream is { } data)
                    await data.ReadExactlyAsync(content, cancellationToken);
                files[path] = content;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new SourceException(
                SourceException.OciLayerFailed,
                $"failed to extract layer contents from artifact: {exception.Message}",
                inner: exception
            );
        }

        return files;
    }

    private static SourceException Hostile(string what) =>
        new(SourceException.HostileContent, $"the artifact is refused, it holds {what}");
}
