using System.Security.Cryptography;

namespace Lab.Trust.Tuf;

/// <summary>The <c>hashes</c> objects of metadata: every algorithm that we know must agree.</summary>
internal static class TufHashes
{
    public static bool AnyKnown(IReadOnlyDictionary<string, string> hashes) =>
        hashes.Keys.Any(name => Algorithm(name) is not null);

    public static bool Match(IReadOnlyDictionary<string, string> hashes, ReadOnlySpan<byte> content)
    {
        foreach (var (name, expected) in hashes)
        {
            if (Algorithm(name) is { } algorithm && !Equal(expected, CryptographicOperations.HashData(algorithm, content)))
            {
                return false;
            }
        }
        return AnyKnown(hashes);
    }

    public static async Task<bool> MatchAsync(
        IReadOnlyDictionary<string, string> hashes,
        Stream content,
        CancellationToken cancellationToken
    )
    {
        foreach (var (name, expected) in hashes)
        {
            if (Algorithm(name) is not { } algorithm)
            {
                continue;
            }
            content.Position = 0;
            if (!Equal(expected, await CryptographicOperations.HashDataAsync(algorithm, content, cancellationToken)))
            {
                return false;
            }
        }
        return AnyKnown(hashes);
    }

    private static bool Equal(string expected, byte[] actual) =>
        string.Equals(expected, Convert.ToHexStringLower(actual), StringComparison.OrdinalIgnoreCase);

    private static HashAlgorithmName? Algorithm(string name) =>
        name switch
        {
            "sha256" => HashAlgorithmName.SHA256,
            "sha384" => HashAlgorithmName.SHA384,
            "sha512" => HashAlgorithmName.SHA512,
            _ => null,
        };
}
