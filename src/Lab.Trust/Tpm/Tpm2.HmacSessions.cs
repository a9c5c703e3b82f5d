using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <content>Sessions that protect commands.</content>
public sealed partial class Tpm2
{
    private const byte HmacSessionType = 0x00;

    /// <summary>
    /// TPM2_StartAuthSession: an HMAC session, salted to a key of this TPM, with AES-128-CFB. It protects against listeners only if the
    /// key is known to be the TPM's: an EK that was certified.
    /// </summary>
    /// <param name="key">A loaded storage key or EK, RSA or ECC.</param>
    /// <param name="hash">The hash of its HMACs.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public TpmHmacSession StartHmacSession(
        TpmObject key,
        TpmAlgorithm hash = TpmAlgorithm.Sha256,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        var nonceCaller = RandomNumberGenerator.GetBytes(TpmHash.RequiredSizeOf(hash));
        var (salt, encryptedSalt) = CredentialMaker.MakeSeed(key.Public, "SECRET");
        var parameters = new TpmWriter().Sized(nonceCaller).Sized(encryptedSalt).U8(HmacSessionType);
        parameters.Algorithm(TpmAlgorithm.Aes).U16(TpmHmacSession.KeyBits).Algorithm(TpmAlgorithm.Cfb).Algorithm(hash);
        var response = Execute(
            TpmCommandCode.StartAuthSession,
            [key.Handle, TpmHandle.Null],
            [],
            parameters,
            cancellationToken,
            hasHandle: true
        );
        var reader = response.Parameters;
        var nonceTpm = reader.Sized(TpmHash.MaxDigestSize).ToArray();
        reader.End("TPM2_StartAuthSession");

        // Part 1, 19.6.8: KDFa(salt, "ATH", nonceTPM, nonceCaller).
        var bits = 8 * TpmHash.RequiredSizeOf(hash);
        var sessionKey = TpmKeyDerivation.KdfA(hash, salt, "ATH", nonceTpm, nonceCaller, bits);
        CryptographicOperations.ZeroMemory(salt);
        return new TpmHmacSession(this, response.Handle, hash, sessionKey, nonceTpm);
    }

    /// <summary>TPM2_GetRandom whose answer nobody on the way reads or changes: at most 32 bytes.</summary>
    public byte[] GetRandom(int count, TpmHmacSession protection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(protection);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 32);
        var reader = Execute(
            TpmCommandCode.GetRandom,
            [],
            [TpmAuthorization.Protect(protection, command: false, response: true)],
            new TpmWriter().U16((ushort)count),
            cancellationToken,
            names: []
        ).Parameters;
        var random = reader.Sized(count).ToArray();
        reader.End("TPM2_GetRandom");
        return random.Length == count ? random : throw reader.Bad($"{count} random bytes were asked for");
    }

    /// <summary>TPM2_Create of sealed data that goes to the TPM encrypted.</summary>
    /// <param name="parent">A loaded storage key.</param>
    /// <param name="template">Of sealed data: <see cref="TpmTemplates.Sealed"/> or <see cref="TpmTemplates.SealedWithPassword"/>.</param>
    /// <param name="data">What is sealed; at most 128 bytes.</param>
    /// <param name="protection">The session.</param>
    /// <param name="authValue">The sealed data's password.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public TpmKeyBlob Create(
        TpmObject parent,
        TpmPublic template,
        ReadOnlySpan<byte> data,
        TpmHmacSession protection,
        ReadOnlySpan<byte> authValue = default,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(protection);
        var reader = Execute(
            TpmCommandCode.Create,
            [parent.Handle],
            [TpmAuthorization.Protect(protection, command: true, response: false)],
            CreationParameters(template, data, authValue),
            cancellationToken,
            names: [parent.Name]
        ).Parameters;
        return ReadBlob(reader);
    }

    /// <summary>TPM2_Unseal under a policy session; the data comes encrypted.</summary>
    public byte[] Unseal(
        TpmObject sealedData,
        TpmSession policy,
        TpmHmacSession protection,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(sealedData);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(protection);
        var encrypted = TpmAuthorization.Protect(protection, command: false, response: true);
        return Unseal(sealedData, [TpmAuthorization.Policy(policy), encrypted], cancellationToken);
    }

    /// <summary>TPM2_Unseal with the data's password, which is proven and not sent; the data comes encrypted.</summary>
    /// <exception cref="TpmException">TPM_RC_AUTH_FAIL or TPM_RC_BAD_AUTH: another password.</exception>
    public byte[] Unseal(
        TpmObject sealedData,
        ReadOnlyMemory<byte> authValue,
        TpmHmacSession protection,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(sealedData);
        ArgumentNullException.ThrowIfNull(protection);
        var proof = TpmAuthorization.Protect(protection, command: false, response: true, TrimAuth(authValue));
        return Unseal(sealedData, [proof], cancellationToken);
    }

    private byte[] Unseal(
        TpmObject sealedData,
        ReadOnlySpan<TpmAuthorization> authorizations,
        CancellationToken cancellationToken
    )
    {
        var reader = Execute(
            TpmCommandCode.Unseal,
            [sealedData.Handle],
            authorizations,
            new TpmWriter(),
            cancellationToken,
            names: [sealedData.Name]
        ).Parameters;
        var data = reader.Sized().ToArray();
        reader.End("TPM2_Unseal");
        return data;
    }

    /// <summary>Part 1, 19.6.4.3: trailing zeros of an authorisation value do not count in an HMAC.</summary>
    private static ReadOnlyMemory<byte> TrimAuth(ReadOnlyMemory<byte> value) => value.TrimEnd((byte)0);
}
