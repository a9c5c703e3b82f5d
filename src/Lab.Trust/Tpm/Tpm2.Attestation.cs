namespace Lab.Trust.Tpm;

/// <content>Quotes and credentials.</content>
public sealed partial class Tpm2
{
    /// <summary>TPM2_Quote with the key's own scheme.</summary>
    /// <param name="key">A signing key with a fixed scheme.</param>
    /// <param name="nonce">The verifier's; at most 64 bytes.</param>
    /// <param name="selection">Which PCRs.</param>
    public TpmQuote Quote(
        TpmObject key,
        ReadOnlySpan<byte> nonce,
        PcrSelection selection,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        var parameters = new TpmWriter().Sized(nonce).Algorithm(TpmAlgorithm.Null);
        selection.WriteList(parameters);
        var reader = Execute(
            TpmCommandCode.Quote,
            [key.Handle],
            [TpmAuthorization.Empty],
            parameters,
            cancellationToken
        ).Parameters;
        var attest = reader.Sized().ToArray();
        var signature = reader.Bytes(reader.Remaining).ToArray();
        return new TpmQuote(attest, signature);
    }

    /// <summary>
    /// TPM2_ActivateCredential: opens a credential made for this <paramref name="ak"/> and this endorsement key, under a policy session
    /// with PolicySecret(TPM_RH_ENDORSEMENT), which is started and ended here.
    /// </summary>
    /// <returns>The secret.</returns>
    /// <exception cref="TpmException">It was made for another key (TPM_RC_INTEGRITY, TPM_RC_VALUE, TPM_RC_SIZE).</exception>
    public byte[] ActivateCredential(
        TpmObject ak,
        TpmObject ek,
        TpmCredential credential,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ak);
        ArgumentNullException.ThrowIfNull(ek);
        ArgumentNullException.ThrowIfNull(credential);
        using var policy = StartPolicySession(ek.Public.NameAlgorithm, cancellationToken: cancellationToken);
        PolicySecret(policy, TpmHandle.Endorsement, cancellationToken);
        var parameters = new TpmWriter().Bytes(credential.CredentialBlob).Bytes(credential.EncryptedSecret);
        var reader = Execute(
            TpmCommandCode.ActivateCredential,
            [ak.Handle, ek.Handle],
            [TpmAuthorization.Empty, TpmAuthorization.Policy(policy)],
            parameters,
            cancellationToken
        ).Parameters;
        var secret = reader.Sized(TpmHash.MaxDigestSize).ToArray();
        reader.End("TPM2_ActivateCredential");
        return secret;
    }
}
