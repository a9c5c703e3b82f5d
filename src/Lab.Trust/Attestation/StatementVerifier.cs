using System.Security.Cryptography;

namespace Lab.Trust.Attestation;

/// <summary>Opens signed statements for those who rely on them.</summary>
public static class StatementVerifier
{
    /// <summary>How far a verifier's clock may be ahead of ours.</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>Opens a statement: the signature first, then what it says.</summary>
    /// <param name="envelope">The DSSE envelope as JSON.</param>
    /// <param name="verifierKeys">Public keys (PEM, ECDSA P-256) of the verifiers that are relied on.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="StatementException">By none of them, of another type, of the future, expired, or contradicting itself.</exception>
    public static AppraisalStatement Open(
        ReadOnlySpan<byte> envelope,
        IReadOnlyCollection<string> verifierKeys,
        DateTimeOffset now
    )
    {
        var statement = OpenOfAnyTime(envelope, verifierKeys);
        if (statement.IssuedAt > now + MaxClockSkew)
        {
            throw new StatementException($"it is of the future: issued at {statement.IssuedAt:u}, and now is {now:u}");
        }

        return now < statement.ExpiresAt
            ? statement
            : throw new StatementException($"it expired at {statement.ExpiresAt:u}, and now is {now:u}");
    }

    /// <summary>Opens a statement for an auditor, who asks what was true then. Whoever acts on a statement uses <see cref="Open"/>.</summary>
    /// <exception cref="StatementException">By none of the keys, of another type, or contradicting itself.</exception>
    public static AppraisalStatement OpenOfAnyTime(ReadOnlySpan<byte> envelope, IReadOnlyCollection<string> verifierKeys)
    {
        ArgumentNullException.ThrowIfNull(verifierKeys);
        var signed = DsseEnvelope.Parse(envelope);
        if (signed.PayloadType != AppraisalStatement.PayloadType)
        {
            throw new StatementException($"the payload is of type '{signed.PayloadType}'");
        }

        var message = DsseEnvelope.PreAuthentication(signed.PayloadType, signed.Payload);
        if (!verifierKeys.Any(key => IsSignedBy(signed, message, key)))
        {
            throw new StatementException("none of the trusted verifiers signed it");
        }

        var statement = StatementCodec.Read(signed.Payload);
        return statement.IssuedAt < statement.ExpiresAt
            ? statement
            : throw new StatementException("it expires before it was issued");
    }

    /// <summary>Why a text is not a verifier's public key (PEM, ECDSA P-256), or null.</summary>
    public static string? FindKeyFault(string pem)
    {
        try
        {
            using var key = ImportP256(pem);
            return null;
        }
        catch (StatementException e)
        {
            return e.Message;
        }
    }

    /// <summary>SHA-256 of a public key (SubjectPublicKeyInfo), lower-case hexadecimal.</summary>
    internal static string KeyIdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    /// <exception cref="StatementException">It is no ECDSA P-256 key.</exception>
    internal static ECDsa ImportP256(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var curve = key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
            return curve == ECCurve.NamedCurves.nistP256.Oid.Value
                ? key
                : throw new CryptographicException("it is on another curve");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new StatementException($"a verifier's key is not an ECDSA P-256 key in PEM: {e.Message}", e);
        }
    }

    // The key id is a hint that anybody can write: every trusted key is tried.
    private static bool IsSignedBy(DsseEnvelope signed, byte[] message, string pem)
    {
        using var key = ImportP256(pem);
        return signed.Signatures.Any(one =>
            key.VerifyData(message, one.Sig, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        );
    }
}
