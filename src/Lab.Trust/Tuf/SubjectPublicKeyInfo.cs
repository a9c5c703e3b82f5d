using System.Security.Cryptography;

namespace Lab.Trust.Tuf;

/// <summary>Reads the PEM form of public keys, and only of public keys.</summary>
internal static class SubjectPublicKeyInfo
{
    /// <summary>The DER inside, or <c>null</c>.</summary>
    public static byte[]? Read(string pem)
    {
        try
        {
            var fields = PemEncoding.Find(pem);
            return pem.AsSpan()[fields.Label] is "PUBLIC KEY" ? Convert.FromBase64String(pem[fields.Base64Data]) : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return null;
        }
    }
}
