using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lab.Services.Registry;

/// <summary>A digest of OCI content, <c>sha256:</c> and 64 lower-case hexadecimal digits. Other algorithms are refused.</summary>
internal readonly record struct ContentDigest
{
    private const string Prefix = "sha256:";
    private const int Digits = 64;

    private ContentDigest(string hex) => Hex = hex;

    public string Hex { get; }

    public static ContentDigest Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    public static ContentDigest FromHash(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));

    public static async Task<ContentDigest> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            0,
            FileOptions.SequentialScan
        );
        return FromHash(await SHA256.HashDataAsync(file, cancellationToken));
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out ContentDigest digest)
    {
        digest = default;
        if (text is null || text.Length != Prefix.Length + Digits || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var hex = text[Prefix.Length..];
        if (!hex.All(char.IsAsciiHexDigitLower))
            return false;
        digest = new ContentDigest(hex);
        return true;
    }

    public override string ToString() => Prefix + Hex;
}
