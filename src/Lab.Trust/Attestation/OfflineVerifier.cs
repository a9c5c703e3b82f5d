using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>
/// Judges kept evidence again, without the board. What only the verifier at the time could know, that the attestation key was activated by
/// the TPM of the EK, is taken from its signed statement, and only from a verifier that the policy names.
/// </summary>
public static class OfflineVerifier
{
    private const string Statement = "statement";
    private const string StatementEvidence = "statement-evidence";
    private const string Activation = "ak-activation";
    private const string EkAllowed = "ek-allowed";
    private const string AkKnown = "ak-known";

    /// <summary>Judges evidence. Never throws for bad evidence.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="statement">The verifier's signed statement, or null.</param>
    /// <param name="policy">What is accepted.</param>
    /// <param name="at">The time to judge for; null for that of the statement, or without one <paramref name="now"/>.</param>
    /// <param name="now">The time.</param>
    public static Appraisal Appraise(
        EvidenceBundle evidence,
        byte[]? statement,
        AppraisalPolicy policy,
        DateTimeOffset? at,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        var list = new Checklist([]);
        var when = at ?? now;
        if (policy.Endorsement is { } endorsement)
        {
            if (JudgeStatement(list, evidence, statement, policy, at, ref when) is { } unproven)
            {
                return unproven;
            }

            var identity = IdentityVerifier.Appraise(evidence.Identity, endorsement, when);
            list.Add(identity.Appraisal);
            if (identity.Identity is not { } known)
            {
                return list.Finish(identity.Appraisal.Denial);
            }

            if (policy.AllowedEks is { } allowed && !allowed.Contains(known.EkFingerprint))
            {
                return list.Deny(EkAllowed, DenialCodes.KeyUnknown, "this TPM is not one of the policy's", known.EkFingerprint);
            }

            list.Pass(EkAllowed, policy.AllowedEks is null ? "the policy allows every endorsed TPM" : "a TPM of the policy");
        }

        return JudgeQuote(list, evidence, policy);
    }

    private static Appraisal JudgeQuote(Checklist list, EvidenceBundle evidence, AppraisalPolicy policy)
    {
        TpmPublic ak;
        try
        {
            ak = TpmPublic.ParseSized(evidence.Identity.AkPublic);
        }
        catch (TpmFormatException e)
        {
            return list.Deny(AkKnown, DenialCodes.AkAttributes, $"not an attestation key: {e.Message}");
        }

        var name = Convert.ToHexStringLower(ak.ComputeName());
        if (policy.AkNames is { } names && !names.Contains(name))
        {
            return list.Deny(AkKnown, DenialCodes.KeyUnknown, "this attestation key is not one of the policy's", name);
        }

        list.Pass(AkKnown, policy.AkNames is null ? "the key that was activated" : "a key of the policy", name);
        if (evidence.Quote is not { } quote)
        {
            return list.Deny("quote-form", DenialCodes.Signature, "there is no quote");
        }

        var challenge = new QuoteChallenge(ak, evidence.Nonce, policy.Reference)
        {
            Events = policy.Events,
            NodeKeySha256 = evidence.NodeKeySha256,
            RequiresNodeKey = policy.RequiresNodeKey,
        };
        var appraisal = QuoteVerifier.Appraise(quote, challenge);
        list.Add(appraisal);
        list.Clock = appraisal.Clock;
        return list.Finish(appraisal.Denial);
    }

    private static Appraisal? JudgeStatement(
        Checklist list,
        EvidenceBundle evidence,
        byte[]? envelope,
        AppraisalPolicy policy,
        DateTimeOffset? at,
        ref DateTimeOffset when
    )
    {
        if (envelope is null)
        {
            return list.Deny(Statement, DenialCodes.Statement, "no verifier's statement is with the evidence");
        }

        AppraisalStatement statement;
        try
        {
            statement = at is { } time
                ? StatementVerifier.Open(envelope, policy.VerifierKeys, time)
                : StatementVerifier.OpenOfAnyTime(envelope, policy.VerifierKeys);
        }
        catch (StatementException e)
        {
            return list.Deny(Statement, DenialCodes.Statement, e.Message);
        }

        when = at ?? statement.IssuedAt;
        list.Pass(Statement, $"by {statement.Verifier}, issued at {statement.IssuedAt:u}");
        var digests = evidence.ToDigests();
        var other = digests
            .Concat(statement.Evidence)
            .FirstOrDefault(one =>
                digests.GetValueOrDefault(one.Key) is not { } ours || statement.Evidence.GetValueOrDefault(one.Key) != ours
            );
        if (other.Key is not null)
        {
            return list.Deny(
                StatementEvidence,
                DenialCodes.Statement,
                $"the statement is about another {other.Key}",
                other.Value
            );
        }

        list.Pass(StatementEvidence, $"about these {digests.Count} files");
        if (!statement.Claims.Any(claim => claim is { Name: Activation, Verdict: ClaimVerdict.Pass }))
        {
            return list.Deny(Activation, DenialCodes.ActivationFailed, "the verifier did not see the attestation key activated");
        }

        list.Pass(Activation, "the verifier saw it: AK and EK are in one TPM");
        return null;
    }
}
