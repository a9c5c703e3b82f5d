using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>Judges values and events that a quote has proven.</summary>
internal static class PcrJudge
{
    public const string NotDenied = "not-denied";
    public const string TpmFirmware = "tpm-firmware";

    public static string ClaimOf(int pcr) => $"pcr-{pcr}";

    /// <summary>The claims that <see cref="Judge"/> makes.</summary>
    public static IEnumerable<string> ClaimsOf(QuoteChallenge challenge) =>
        [
            .. challenge.Selection.Pcrs.Select(ClaimOf),
            .. challenge.Events.DeniedDigests.Count > 0 ? [NotDenied] : Array.Empty<string>(),
            .. challenge.Events.MinimumTpmFirmware is null ? Array.Empty<string>() : [TpmFirmware],
        ];

    public static Appraisal Judge(Checklist list, TpmAttest attest, EventLog log, PcrValues quoted, QuoteChallenge challenge)
    {
        foreach (var pcr in challenge.Selection.Pcrs)
        {
            var hex = Convert.ToHexStringLower(quoted[pcr]);
            if (challenge.Events.Rules.TryGetValue(pcr, out var rules))
            {
                if (FindEventFault(log, challenge.Reference.Bank, pcr, rules) is { } fault)
                {
                    return list.Deny(ClaimOf(pcr), DenialCodes.ReferenceValue, $"PCR {pcr}: {fault}", hex, pcr);
                }

                list.Pass(ClaimOf(pcr), "exactly the events of the policy", hex);
            }
            else if (!challenge.Reference.Allows(pcr, quoted[pcr]))
            {
                return DenyValue(list, pcr, quoted);
            }
            else
            {
                list.Pass(ClaimOf(pcr), "a reference value", hex);
            }
        }

        return FindDenied(list, log, quoted, challenge) ?? FindOldFirmware(list, attest, challenge) ?? list.Finish();
    }

    public static Appraisal DenyValue(Checklist list, int pcr, PcrValues quoted) =>
        list.Deny(
            ClaimOf(pcr),
            DenialCodes.ReferenceValue,
            $"PCR {pcr} does not have a reference value",
            Convert.ToHexStringLower(quoted[pcr]),
            pcr
        );

    private static Appraisal? FindDenied(Checklist list, EventLog log, PcrValues quoted, QuoteChallenge challenge)
    {
        var denied = challenge.Events.DeniedDigests;
        if (denied.Count == 0)
        {
            return null;
        }

        var selection = challenge.Selection;
        foreach (var logged in log.Events.Where(one => one.IsExtended && selection.Contains((int)one.Pcr)))
        {
            var digest = Convert.ToHexStringLower(logged.FindDigest(quoted.Bank)!.Value.Span);
            if (denied.Contains(digest))
            {
                var detail = $"the event at byte {logged.Offset} measured what the policy denies";
                return list.Deny(NotDenied, DenialCodes.DeniedDigest, detail, digest, (int)logged.Pcr);
            }
        }

        foreach (var (pcr, value) in quoted.All)
        {
            var hex = Convert.ToHexStringLower(value);
            if (denied.Contains(hex))
            {
                return list.Deny(NotDenied, DenialCodes.DeniedDigest, $"PCR {pcr} has a value that the policy denies", hex, pcr);
            }
        }

        list.Pass(NotDenied, $"none of {denied.Count} denied digests");
        return null;
    }

    private static Appraisal? FindOldFirmware(Checklist list, TpmAttest attest, QuoteChallenge challenge)
    {
        if (challenge.Events.MinimumTpmFirmware is not { } least)
        {
            return null;
        }

        var found = $"0x{attest.FirmwareVersion:x16}";
        if (attest.FirmwareVersion < least)
        {
            return list.Deny(
                TpmFirmware,
                DenialCodes.TpmFirmware,
                $"the TPM's firmware is {found}, older than 0x{least:x16}",
                found
            );
        }

        list.Pass(TpmFirmware, $"the TPM's firmware is {found}", found);
        return null;
    }

    private static string? FindEventFault(EventLog log, TpmAlgorithm bank, int pcr, IReadOnlyList<EventRule> rules)
    {
        var next = 0;
        foreach (var logged in log.Events.Where(one => one.IsExtended && one.Pcr == pcr))
        {
            string? mismatch;
            do
            {
                if (next == rules.Count)
                {
                    return $"{LogEventTypes.NameOf(logged.Type)} at byte {logged.Offset} is one event more than the policy has";
                }

                mismatch = FindMismatch(logged, bank, rules[next]);
                if (mismatch is not null && !rules[next].IsOptional)
                {
                    return $"{LogEventTypes.NameOf(logged.Type)} at byte {logged.Offset} {mismatch}; "
                        + $"rule {next + 1} wants {rules[next].Describe()}";
                }

                next++;
            } while (mismatch is not null);
        }

        var missing = rules.Skip(next).FirstOrDefault(rule => !rule.IsOptional);
        return missing is null ? null : $"no event for {missing.Describe()}";
    }

    private static string? FindMismatch(LogEvent logged, TpmAlgorithm bank, EventRule rule)
    {
        if (rule.Type is { } type && logged.Type != type)
        {
            return "is of another type";
        }

        var digest = logged.FindDigest(bank)!.Value.Span;
        if (rule.Text is null && rule.Version is null)
        {
            foreach (var allowed in rule.Digests)
            {
                if (digest.SequenceEqual(allowed))
                {
                    return null;
                }
            }

            return $"has the digest {Convert.ToHexStringLower(digest)}";
        }

        if (!digest.SequenceEqual(TpmHash.Compute(bank, logged.Data.Span)))
        {
            return "has a digest that is not one of its data";
        }

        var text = (logged.Decode() as TextEventData)?.Text;
        var isAllowed = text is not null && (rule.Text is { } wanted ? text == wanted : rule.Version!.Allows(text));
        return isAllowed ? null : $"measured '{text ?? "no text"}'";
    }
}
