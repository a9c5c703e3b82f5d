using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Storage;

namespace Lab.Trust.Tuf.Repository;

/// <summary>An ECDSA P-256 key that lives in a PEM file (PKCS#8, not encrypted, mode 0600).</summary>
public sealed class EcdsaTufSigner : ITufSigner, IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ECDsa _key;

    private EcdsaTufSigner(ECDsa key)
    {
        _key = key;
        Key = new TufKey("ecdsa", "ecdsa-sha2-nistp256", key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    /// <inheritdoc/>
    public TufKey Key { get; }

    /// <summary>Makes a new key, in memory only.</summary>
    public static EcdsaTufSigner Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads the key file, or makes it when it does not exist.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>.</exception>
    public static EcdsaTufSigner LoadOrCreate(string path)
    {
        if (File.Exists(path))
        {
            return Load(path);
        }
        var signer = Create();
        signer.Save(path);
        return signer;
    }

    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>.</exception>
    public static EcdsaTufSigner Load(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (key.KeySize == 256 && Curve(key) == ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                return new EcdsaTufSigner(key);
            }
            throw new CryptographicException("not an ECDSA P-256 key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new TufException(TufErrorCode.Storage, $"Key file {path}: {e.Message}", e);
        }
    }

    /// <summary>Writes the private key, readable by its owner only.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>.</exception>
    public void Save(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(_key.ExportPkcs8PrivateKeyPem() + "\n"), OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TufException(TufErrorCode.Storage, $"Key file {path}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data) =>
        _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose() => _key.Dispose();

    private static string? Curve(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
}
