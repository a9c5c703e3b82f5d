using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lab.Emulation.Images;

/// <summary>Remembers what was built of which inputs, so that nothing is built twice.</summary>
internal sealed class BuildIndex(string folder)
{
    /// <summary>Raised whenever the same inputs would give another result than before.</summary>
    private const string Recipe = "1";

    /// <summary>The record of an earlier build of the same inputs if its files are still there, else a new build's.</summary>
    /// <param name="inputs">Everything the result depends on: digests and settings.</param>
    /// <param name="files">The files that the record names.</param>
    public async Task<T> GetAsync<T>(
        IEnumerable<string> inputs,
        Func<T, IEnumerable<Artifact>> files,
        Func<Task<T>> build,
        CancellationToken cancellationToken
    )
        where T : class
    {
        // The lab's own assembly is an input: it holds the builder and the target's own files.
        string all = string.Join('\n', [Recipe, typeof(T).Name, typeof(T).Module.ModuleVersionId.ToString(), .. inputs]);
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
        string path = Path.Combine(folder, key + ".json");
        if (await ReadAsync<T>(path, cancellationToken) is { } known && files(known).All(IsThere))
        {
            return known;
        }

        T built = await build();
        Directory.CreateDirectory(folder);
        string temporary = $"{path}.{Guid.NewGuid():N}.new";
        await File.WriteAllBytesAsync(temporary, JsonSerializer.SerializeToUtf8Bytes(built), cancellationToken);
        File.Move(temporary, path, overwrite: true);
        return built;
    }

    private static bool IsThere(Artifact artifact) =>
        new FileInfo(artifact.Path) is { Exists: true } file && file.Length == artifact.Length;

    private static async Task<T?> ReadAsync<T>(string path, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await using FileStream stream = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<T>(stream, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }
}
