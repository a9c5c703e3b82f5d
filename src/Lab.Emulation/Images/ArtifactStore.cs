using System.Security.Cryptography;

namespace Lab.Emulation.Images;

/// <summary>Built files under their SHA-256, in the cache. Writing the same bytes twice is one file.</summary>
internal sealed class ArtifactStore(string folder)
{
    /// <summary>Stores bytes and says where.</summary>
    /// <param name="name">A short name for people, put before the digest.</param>
    public async Task<Artifact> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        string path = Path.Combine(folder, $"{name}-{digest}");
        if (!File.Exists(path) || new FileInfo(path).Length != content.Length)
        {
            Directory.CreateDirectory(folder);
            string temporary = $"{path}.{Guid.NewGuid():N}.new";
            await File.WriteAllBytesAsync(temporary, content, cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }

        return new Artifact(path, digest, content.Length);
    }

    /// <summary>Stores what a program writes and says where.</summary>
    /// <param name="name">A short name for people, put before the digest.</param>
    /// <param name="write">Given a path at which nothing is yet.</param>
    public async Task<Artifact> WriteAsync(string name, Func<string, Task> write, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $"{name}.{Guid.NewGuid():N}.new");
        try
        {
            await write(temporary);
            Artifact written = await DescribeAsync(temporary, cancellationToken);
            string path = Path.Combine(folder, $"{name}-{written.Sha256}");
            File.Move(temporary, path, overwrite: true);
            return written with { Path = path };
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Describes a file that lies elsewhere in the cache.</summary>
    public static async Task<Artifact> DescribeAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.OpenRead(path);
        byte[] digest = await SHA256.HashDataAsync(stream, cancellationToken);
        return new Artifact(path, Convert.ToHexStringLower(digest), stream.Length);
    }
}
