using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <content>Policy sessions.</content>
public sealed partial class Tpm2
{
    private const byte PolicySessionType = 0x01;
    private const byte TrialSessionType = 0x03;

    /// <summary>TPM2_StartAuthSession: a policy session, neither salted nor bound.</summary>
    /// <param name="hash">The hash of the policy digest.</param>
    /// <param name="trial">A trial session only computes the digest; it authorises nothing.</param>
    public TpmSession StartPolicySession(
        TpmAlgorithm hash = TpmAlgorithm.Sha256,
        bool trial = false,
        CancellationToken cancellationToken = default
    )
    {
        var parameters = new TpmWriter()
            .Sized(RandomNumberGenerator.GetBytes(16))
            .Sized([])
            .U8(trial ? TrialSessionType : PolicySessionType)
            .Algorithm(TpmAlgorithm.Null)
            .Algorithm(hash);
        var response = Execute(
            TpmCommandCode.StartAuthSession,
            [TpmHandle.Null, TpmHandle.Null],
            [],
            parameters,
            cancellationToken,
            hasHandle: true
        );
        return new TpmSession(this, response.Handle, hash);
    }

    /// <summary>TPM2_PolicySecret: the entity's authorisation value (empty here) must be known.</summary>
    public void PolicySecret(TpmSession session, uint entity, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        const uint noExpiration = 0;
        var parameters = new TpmWriter().Sized([]).Sized([]).Sized([]).U32(noExpiration);
        Execute(TpmCommandCode.PolicySecret, [entity, session.Handle], [TpmAuthorization.Empty], parameters, cancellationToken);
    }

    /// <summary>TPM2_PolicyPCR: the PCRs must have the values they have now, or in a trial session those given.</summary>
    /// <param name="expected">Their digest (<see cref="PcrValues.ComputeDigest"/> with the session's hash); empty for the current one.</param>
    public void PolicyPcr(
        TpmSession session,
        PcrSelection selection,
        ReadOnlySpan<byte> expected = default,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(session);
        var parameters = new TpmWriter().Sized(expected);
        selection.WriteList(parameters);
        Execute(TpmCommandCode.PolicyPcr, [session.Handle], [], parameters, cancellationToken);
    }

    /// <summary>TPM2_PolicyOR: the digest so far must be one of two to eight.</summary>
    public void PolicyOr(TpmSession session, IReadOnlyList<byte[]> branches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(branches);
        var parameters = new TpmWriter().U32((uint)branches.Count);
        foreach (var branch in branches)
        {
            parameters.Sized(branch);
        }

        Execute(TpmCommandCode.PolicyOr, [session.Handle], [], parameters, cancellationToken);
    }

    /// <summary>TPM2_PolicyCommandCode: only this command is authorised.</summary>
    public void PolicyCommandCode(TpmSession session, TpmCommandCode command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        Execute(TpmCommandCode.PolicyCommandCode, [session.Handle], [], new TpmWriter().U32((uint)command), cancellationToken);
    }

    /// <summary>TPM2_PolicyGetDigest.</summary>
    public byte[] PolicyGetDigest(TpmSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        var reader = Execute(TpmCommandCode.PolicyGetDigest, [session.Handle], [], new TpmWriter(), cancellationToken).Parameters;
        return reader.Sized(TpmHash.MaxDigestSize).ToArray();
    }
}
