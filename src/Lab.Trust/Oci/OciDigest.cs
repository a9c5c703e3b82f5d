using System.Security.Cryptography;

namespace Lab.Trust.Oci;

/// <summary>A content digest, <c>sha256:</c> or <c>sha512:</c> and lower-case hex digits (image-spec, descriptor.md).</summary>
public sealed record OciDigest
{
    private OciDigest(string algorithm, string hex)
    {
        Algorithm = algorithm;
        Hex = hex;
    }

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm { get; }

    /// <summary>Lower case.</summary>
    public string Hex { get; }

    internal HashAlgorithmName HashName => Algorithm == "sha256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;

    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>.</exception>
    public static OciDigest Parse(string text) =>
        TryParse(text) ?? throw new OciException(OciErrorCode.Invalid, $"Not a digest: '{text}'.");

    /// <summary><c>null</c> when it is not a digest of a known algorithm in its one spelling.</summary>
    public static OciDigest? TryParse(string? text)
    {
        if (text?.IndexOf(':', StringComparison.Ordinal) is not { } colon || colon < 0)
        {
            return null;
        }
        var (algorithm, hex) = (text[..colon], text[(colon + 1)..]);
        var length = algorithm switch
        {
            "sha256" => 2 * SHA256.HashSizeInBytes,
            "sha512" => 2 * SHA512.HashSizeInBytes,
            _ => -1,
        };
        return hex.Length == length && hex.All(char.IsAsciiHexDigit) && !hex.Any(char.IsAsciiLetterUpper)
            ? new OciDigest(algorithm, hex)
            : null;
    }

    /// <summary>From 64 lower-case hex digits.</summary>
    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>.</exception>
    public static OciDigest Sha256(string hex) => Parse($"sha256:{hex}");

    /// <summary>The SHA-256 digest of the content.</summary>
    public static OciDigest Compute(ReadOnlySpan<byte> content) =>
        new("sha256", Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>The SHA-256 digest of the rest of the stream.</summary>
    public static async Task<OciDigest> ComputeAsync(Stream content, CancellationToken cancellationToken) =>
        new("sha256", Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)));

    /// <summary>True when the content has this digest.</summary>
    public bool Matches(ReadOnlySpan<byte> content) =>
        Hex == Convert.ToHexStringLower(CryptographicOperations.HashData(HashName, content));

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm}:{Hex}";
}
