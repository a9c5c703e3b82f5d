using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lab.Trust.Oci;

namespace Lab.Services.GitOps.Sources;

/// <summary>
/// Checks cosign's signatures by public keys (cosign's "Signature Spec": a simple-signing payload that names the manifest's digest, signed by
/// ECDSA or RSA over SHA-256). As in Flux, no transparency log is asked when keys are given.
/// </summary>
internal static class CosignVerifier
{
    public const string PayloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
    public const string SignatureAnnotation = "dev.cosignproject.cosign/signature";
    public const int LongestPayload = 64 << 10;
    public const int MostSignatures = 50;

    private const string KeySuffix = ".pub";
    private const string PayloadKind = "cosign container image signature";

    /// <summary>The name of the key that signed the artifact.</summary>
    /// <param name="digest">The artifact's manifest.</param>
    /// <param name="signatures">What lies beside it.</param>
    /// <param name="keys">The Secret: PEM public keys in fields that end in <c>.pub</c>.</param>
    /// <exception cref="SourceException">None did, or a key cannot be read.</exception>
    public static string Verify(
        OciDigest digest,
        IReadOnlyList<(byte[] Payload, string Signature)> signatures,
        IReadOnlyDictionary<string, byte[]> keys
    )
    {
        var usable = keys.Where(key => key.Key.EndsWith(KeySuffix, StringComparison.Ordinal)).OrderBy(key => key.Key).ToList();
        if (usable.Count == 0)
            throw Unverified($"the Secret of spec.verify has no public key: a field that ends in {KeySuffix}");
        foreach (var (name, pem) in usable)
        {
            using var key = Import(name, pem);
            if (signatures.Any(signature => Names(signature.Payload, digest) && IsSigned(key, signature)))
                return name;
        }

        throw Unverified(
            signatures.Count == 0
                ? $"no signature found for {digest}"
                : $"no matching signatures were found for {digest}: {signatures.Count} of other keys or for other artifacts"
        );
    }

    private static bool IsSigned(AsymmetricAlgorithm key, (byte[] Payload, string Signature) signed)
    {
        var signature = new byte[signed.Signature.Length];
        if (!Convert.TryFromBase64String(signed.Signature, signature, out var length))
            return false;
        var bytes = signature.AsSpan(0, length);
        return key switch
        {
            ECDsa curve => curve.VerifyData(
                signed.Payload,
                bytes,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            ),
            RSA rsa => rsa.VerifyData(signed.Payload, bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => false,
        };
    }

    private static bool Names(byte[] payload, OciDigest digest)
    {
        try
        {
            using var json = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 16 });
            var critical = json.RootElement.GetProperty("critical");
            return critical.GetProperty("type").ValueEquals(PayloadKind)
                && critical.GetProperty("image").GetProperty("docker-manifest-digest").ValueEquals(digest.ToString());
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    private static AsymmetricAlgorithm Import(string name, byte[] pem)
    {
        var text = Encoding.UTF8.GetString(pem);
        foreach (var candidate in (Func<AsymmetricAlgorithm>[])[ECDsa.Create, RSA.Create])
        {
            var key = candidate();
            try
            {
                key.ImportFromPem(text);
                return key;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                key.Dispose();
            }
        }

        throw Unverified($"{name} is no public key of ECDSA or RSA in PEM");
    }

    private static SourceException Unverified(string why) => new(SourceException.VerificationError, why);
}
