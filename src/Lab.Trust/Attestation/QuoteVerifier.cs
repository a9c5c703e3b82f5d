using System.Security.Cryptography;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>
/// Judges a quote with its event log against reference values. Cheap and signed things first: nothing is replayed for somebody without
/// the attestation key. Never throws for bad evidence.
/// </summary>
public static class QuoteVerifier
{
    private const string Limits = "limits";
    private const string Form = "quote-form";
    private const string Signature = "signature";
    private const string Nonce = "nonce";
    private const string NodeKey = "node-key";
    private const string Selection = "pcr-selection";
    private const string Digest = "pcr-digest";
    private const string Log = "event-log";
    private const string EventTypes = "event-types";
    private const string Replay = "log-replay";

    /// <summary>Judges a quote.</summary>
    public static Appraisal Appraise(QuoteEvidence evidence, QuoteChallenge challenge)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(challenge);
        var list = new Checklist([
            Limits,
            Form,
            Signature,
            Nonce,
            .. BindsKey(challenge) ? [NodeKey] : Array.Empty<string>(),
            Selection,
            Log,
            EventTypes,
            Digest,
            Replay,
            .. PcrJudge.ClaimsOf(challenge),
        ]);
        if (
            evidence.Attest.Length > EvidenceLimits.MaxAttest
            || evidence.Signature.Length > EvidenceLimits.MaxSignature
            || evidence.EventLog.Length > EventLogLimits.MaxLogBytes
            || evidence.Pcrs?.Count > PcrSelection.PcrCount
        )
        {
            return list.Deny(Limits, DenialCodes.Limits, "the quote's evidence is too large");
        }

        list.Pass(Limits, "the evidence is of a reasonable size");
        TpmAttest attest;
        try
        {
            attest = TpmAttest.Parse(evidence.Attest);
        }
        catch (TpmFormatException e)
        {
            return list.Deny(Form, DenialCodes.Signature, $"not a quote: {e.Message}");
        }

        list.Pass(Form, "a TPM's quote, nothing behind it");
        return FindQuoteFault(list, attest, evidence, challenge) ?? JudgeLog(list, attest, evidence, challenge);
    }

    private static Appraisal? FindQuoteFault(Checklist list, TpmAttest attest, QuoteEvidence evidence, QuoteChallenge challenge)
    {
        if (FindSignatureFault(evidence, challenge) is { } fault)
        {
            return list.Deny(Signature, DenialCodes.Signature, fault);
        }

        list.Pass(Signature, "signed by the attestation key", Convert.ToHexStringLower(challenge.Ak.ComputeName()));
        list.Clock = attest.Clock;
        if (FindChallengeFault(list, attest, challenge) is { } unanswered)
        {
            return unanswered;
        }

        var wanted = challenge.Selection;
        if (attest.Selections is not [var quoted] || quoted != wanted)
        {
            return list.Deny(
                Selection,
                DenialCodes.PcrSelection,
                $"quoted is {string.Join(' ', attest.Selections)}, wanted {wanted}"
            );
        }

        list.Pass(Selection, wanted.ToString());
        return null;
    }

    private static bool BindsKey(QuoteChallenge challenge) => challenge.RequiresNodeKey || challenge.NodeKeySha256 is not null;

    private static Appraisal? FindChallengeFault(Checklist list, TpmAttest attest, QuoteChallenge challenge)
    {
        if (challenge.Nonce.Length < EvidenceLimits.MinNonce)
        {
            return list.Deny(Nonce, DenialCodes.Nonce, $"a nonce of {challenge.Nonce.Length} bytes is none");
        }

        // Exact equality, never a prefix; FixedTimeEquals is false for other lengths.
        var key = challenge.NodeKeySha256;
        var isPlain = CryptographicOperations.FixedTimeEquals(attest.ExtraData, challenge.Nonce);
        var isBound =
            key?.Length == NodeKeyBinding.DigestSize
            && CryptographicOperations.FixedTimeEquals(attest.ExtraData, NodeKeyBinding.QualifyingData(challenge.Nonce, key));
        if (!isPlain && !isBound)
        {
            // Both are hashed together: which of them is another one cannot be told.
            var other = key is null ? "another challenge" : "another challenge, or binds another key";
            return list.Deny(Nonce, DenialCodes.Nonce, $"the quote answers {other}");
        }

        list.Pass(Nonce, "the quote answers this challenge", Convert.ToHexStringLower(challenge.Nonce));
        if (!BindsKey(challenge))
        {
            return null;
        }

        if (!isBound)
        {
            return list.Deny(NodeKey, DenialCodes.NodeKey, "no key of a node is bound into the quote");
        }

        list.Pass(NodeKey, "the node's key is bound into the quote", Convert.ToHexStringLower(key!));
        return null;
    }

    private static string? FindSignatureFault(QuoteEvidence evidence, QuoteChallenge challenge)
    {
        try
        {
            var signature = TpmSignature.Parse(evidence.Signature);
            if (signature.Scheme.Hash is not (TpmAlgorithm.Sha256 or TpmAlgorithm.Sha384 or TpmAlgorithm.Sha512))
            {
                return $"signatures with {signature.Scheme.Hash} are not accepted";
            }

            var isSigned =
                challenge.VerificationKey is { } key && ReferenceEquals(key.Public, challenge.Ak)
                    ? signature.Verify(key, evidence.Attest)
                    : signature.Verify(challenge.Ak, evidence.Attest);
            return isSigned ? null : "the quote is not signed by the attestation key";
        }
        catch (TpmFormatException e)
        {
            return $"not a signature: {e.Message}";
        }
    }

    private static Appraisal JudgeLog(Checklist list, TpmAttest attest, QuoteEvidence evidence, QuoteChallenge challenge)
    {
        EventLog log;
        PcrValues replayed;
        var selection = challenge.Selection;
        try
        {
            log = EventLog.Parse(evidence.EventLog);
            replayed = log.Replay(selection, challenge.Reference.Pcr0Start);
        }
        catch (EventLogException e)
        {
            return list.Deny(Log, DenialCodes.EventLog, e.Message);
        }

        list.Pass(Log, $"{log.Events.Count} events", Convert.ToHexStringLower(SHA256.HashData(evidence.EventLog)));
        var unknown = log.Events.FirstOrDefault(one =>
            one.IsExtended && selection.Contains((int)one.Pcr) && !LogEventTypes.IsKnown(one.Type)
        );
        if (unknown is not null)
        {
            var detail = $"the event type {LogEventTypes.NameOf(unknown.Type)} at byte {unknown.Offset} is not known";
            return list.Deny(EventTypes, DenialCodes.EventLog, detail, pcr: (int)unknown.Pcr);
        }

        list.Pass(EventTypes, "all event types of the quoted PCRs are known");
        return evidence.Pcrs is null
            ? JudgeReplayed(list, attest, log, replayed, challenge)
            : JudgeStated(list, attest, log, evidence.Pcrs, replayed, challenge);
    }

    /// <summary>Without PCR values from the board: the replayed ones must have the quoted digest.</summary>
    private static Appraisal JudgeReplayed(
        Checklist list,
        TpmAttest attest,
        EventLog log,
        PcrValues replayed,
        QuoteChallenge challenge
    )
    {
        if (!HasDigest(attest, replayed, challenge.Selection))
        {
            return list.Deny(Replay, DenialCodes.EventLog, "the log does not replay to the quoted values");
        }

        list.Pass(Digest, "the replayed values have the quoted digest", Convert.ToHexStringLower(attest.PcrDigest));
        list.Pass(Replay, "the log replays to the quoted values");
        return PcrJudge.Judge(list, attest, log, replayed, challenge);
    }

    private static Appraisal JudgeStated(
        Checklist list,
        TpmAttest attest,
        EventLog log,
        IReadOnlyDictionary<int, byte[]> stated,
        PcrValues replayed,
        QuoteChallenge challenge
    )
    {
        var reference = challenge.Reference;
        var pcrs = challenge.Selection.Pcrs;
        var size = TpmHash.RequiredSizeOf(reference.Bank);
        var isComplete = pcrs.All(pcr => stated.TryGetValue(pcr, out var value) && value.Length == size);
        var quoted = isComplete ? new PcrValues(reference.Bank, pcrs.ToDictionary(pcr => pcr, pcr => stated[pcr])) : null;
        if (quoted is null || !HasDigest(attest, quoted, challenge.Selection))
        {
            return list.Deny(Digest, DenialCodes.PcrDigest, "the PCR values handed in are not the quoted ones");
        }

        list.Pass(Digest, "the PCR values are the quoted ones", Convert.ToHexStringLower(attest.PcrDigest));
        foreach (var pcr in pcrs)
        {
            if (quoted[pcr].SequenceEqual(replayed[pcr]))
            {
                continue;
            }

            // What the ROM measured is in no log: a wrong PCR 0 then is other firmware, not a wrong log.
            if (pcr == 0 && reference.Pcr0Start is not null && !reference.Allows(pcr, quoted[pcr]))
            {
                return PcrJudge.DenyValue(list, pcr, quoted);
            }

            return list.Deny(Replay, DenialCodes.EventLog, $"the log does not replay to the quoted value of PCR {pcr}", pcr: pcr);
        }

        list.Pass(Replay, "the log replays to the quoted values");
        return PcrJudge.Judge(list, attest, log, quoted, challenge);
    }

    private static bool HasDigest(TpmAttest attest, PcrValues values, PcrSelection selection)
    {
        // The quote's digest uses the hash of its signature's scheme; the size tells which (Part 3, 18.4).
        var hash = attest.PcrDigest.Length switch
        {
            32 => TpmAlgorithm.Sha256,
            48 => TpmAlgorithm.Sha384,
            64 => TpmAlgorithm.Sha512,
            _ => TpmAlgorithm.Null,
        };
        return hash != TpmAlgorithm.Null
            && CryptographicOperations.FixedTimeEquals(attest.PcrDigest, values.ComputeDigest(selection, hash));
    }
}
