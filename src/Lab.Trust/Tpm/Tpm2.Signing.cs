namespace Lab.Trust.Tpm;

/// <content>Signatures, and policies that are signed.</content>
public sealed partial class Tpm2
{
    private const ushort HashCheckTicket = 0x8024;

    /// <summary>TPM2_Sign of a digest made outside, with the key's own scheme.</summary>
    /// <param name="key">A signing key that is not restricted.</param>
    /// <param name="digest">The digest, of the scheme's hash.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public TpmSignature Sign(TpmObject key, ReadOnlySpan<byte> digest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parameters = new TpmWriter().Sized(digest).Algorithm(TpmAlgorithm.Null);
        parameters.U16(HashCheckTicket).U32(TpmHandle.Null).Sized([]);
        var reader = Execute(
            TpmCommandCode.Sign,
            [key.Handle],
            [TpmAuthorization.Empty],
            parameters,
            cancellationToken
        ).Parameters;
        return TpmSignature.Parse(reader.Bytes(reader.Remaining));
    }

    /// <summary>TPM2_CertifyCreation: this TPM made that object.</summary>
    /// <param name="signer">A signing key, such as the attestation key.</param>
    /// <param name="created">An object that was made in this TPM just now.</param>
    /// <param name="nonce">The verifier's; at most 64 bytes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The attestation (<see cref="TpmCreationAttest"/>) and its signature.</returns>
    /// <exception cref="ArgumentException">The object was not made here.</exception>
    public TpmQuote CertifyCreation(
        TpmObject signer,
        TpmObject created,
        ReadOnlySpan<byte> nonce,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(created);
        var creation =
            created.Creation ?? throw new ArgumentException("The object was not made in this TPM now.", nameof(created));
        var parameters = new TpmWriter().Sized(nonce).Sized(creation.Hash).Algorithm(TpmAlgorithm.Null).Bytes(creation.Ticket);
        var reader = Execute(
            TpmCommandCode.CertifyCreation,
            [signer.Handle, created.Handle],
            [TpmAuthorization.Empty],
            parameters,
            cancellationToken
        ).Parameters;
        var attest = reader.Sized().ToArray();
        return new TpmQuote(attest, reader.Bytes(reader.Remaining).ToArray());
    }

    /// <summary>TPM2_LoadExternal of a public key, to check signatures with.</summary>
    /// <param name="key">The public key.</param>
    /// <param name="hierarchy">The hierarchy that its tickets are of.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public TpmObject LoadExternal(TpmPublic key, uint hierarchy = TpmHandle.Owner, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parameters = new TpmWriter().Sized([]).Sized(key.ToBytes()).U32(hierarchy);
        var response = Execute(TpmCommandCode.LoadExternal, [], [], parameters, cancellationToken, hasHandle: true);
        var reader = response.Parameters;
        var name = reader.Sized().ToArray();
        reader.End("TPM2_LoadExternal");
        return Loaded(response.Handle, key, name);
    }

    /// <summary>
    /// TPM2_PolicyAuthorize: whatever policy the session has satisfied so far counts as the one policy "signed by this key". The
    /// signature is checked by the TPM (TPM2_VerifySignature).
    /// </summary>
    /// <param name="session">The session, which has satisfied <paramref name="approved"/>.</param>
    /// <param name="key">The key, loaded with <see cref="LoadExternal"/>.</param>
    /// <param name="approved">The policy digest that was signed.</param>
    /// <param name="reference">The reference that was signed with it.</param>
    /// <param name="signature">The signature over H(approved ‖ reference).</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TpmException">TPM_RC_SIGNATURE: not by this key; TPM_RC_VALUE: the session has satisfied another policy.</exception>
    public void PolicyAuthorize(
        TpmSession session,
        TpmObject key,
        ReadOnlySpan<byte> approved,
        ReadOnlySpan<byte> reference,
        TpmSignature signature,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(signature);
        var digest = TpmHash.Compute(key.Public.NameAlgorithm, [.. approved, .. reference]);
        var reader = Execute(
            TpmCommandCode.VerifySignature,
            [key.Handle],
            [],
            new TpmWriter().Sized(digest).Bytes(signature.ToBytes()),
            cancellationToken
        ).Parameters;
        var ticket = reader.Bytes(reader.Remaining);
        var parameters = new TpmWriter().Sized(approved).Sized(reference).Sized(key.Name).Bytes(ticket);
        Execute(TpmCommandCode.PolicyAuthorize, [session.Handle], [], parameters, cancellationToken);
    }
}
