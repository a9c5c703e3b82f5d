using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Storage;

namespace Lab.Trust.Attestation;

/// <summary>A verifier's key: ECDSA P-256 with SHA-256. Not for use from two threads at once.</summary>
public sealed class StatementSigner : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ECDsa key;

    private StatementSigner(ECDsa key)
    {
        this.key = key;
        KeyId = StatementVerifier.KeyIdOf(key);
    }

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo), lower-case hexadecimal.</summary>
    public string KeyId { get; }

    /// <summary>The public key as PEM, for those who rely on the statements.</summary>
    public string PublicKeyPem => key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>Makes a key, in memory only.</summary>
    public static StatementSigner Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads the key (PEM, PKCS#8), or makes the file, mode 0600.</summary>
    /// <exception cref="StatementException">The file cannot be used.</exception>
    public static StatementSigner LoadOrCreate(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                return new StatementSigner(StatementVerifier.ImportP256(File.ReadAllText(path)));
            }

            var signer = Create();
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(signer.key.ExportPkcs8PrivateKeyPem() + "\n"), OwnerOnly);
            return signer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StatementException($"key file {path}: {e.Message}", e);
        }
    }

    /// <summary>Signs a statement.</summary>
    /// <returns>The DSSE envelope as JSON.</returns>
    public byte[] Sign(AppraisalStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return Sign(AppraisalStatement.PayloadType, StatementCodec.Write(statement));
    }

    public void Dispose() => key.Dispose();

    internal byte[] Sign(string payloadType, byte[] payload)
    {
        var signature = key.SignData(
            DsseEnvelope.PreAuthentication(payloadType, payload),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence
        );
        return new DsseEnvelope(payloadType, payload, [new DsseSignature(KeyId, signature)]).ToJson();
    }
}
