using Lab.Trust.Tuf;

namespace Lab.Trust.Tests.Tuf;

/// <summary>Serves a folder as it is at the moment of the request, with files that an attacker put over it.</summary>
internal sealed class MapFetcher(string folder) : ITufFetcher
{
    public Dictionary<string, byte[]> Replaced { get; } = new(StringComparer.Ordinal);

    public List<string> Requests { get; } = [];

    public async Task<bool> FetchAsync(string path, Stream destination, long maximumLength, CancellationToken cancellationToken)
    {
        Requests.Add(path);
        var file = Path.Combine(folder, path);
        var content = Replaced.GetValueOrDefault(path) ?? (File.Exists(file) ? File.ReadAllBytes(file) : null);
        if (content?.Length > maximumLength)
        {
            throw new TufException(TufErrorCode.Invalid, "too long");
        }
        if (content is not null)
        {
            await destination.WriteAsync(content, cancellationToken);
        }
        return content is not null;
    }
}
