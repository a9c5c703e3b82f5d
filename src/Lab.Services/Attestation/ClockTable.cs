using Lab.Trust.Attestation;
using Lab.Trust.Tpm;

namespace Lab.Services.Attestation;

/// <summary>The clock of each TPM at its last good quote: it never goes back, unless an older state was restored or a copy answers.</summary>
internal sealed class ClockTable
{
    private const string ClaimName = "clock";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] AkName, TpmClockInfo Clock)> _last = new(StringComparer.Ordinal);

    /// <summary>Adds the claim about the clock; a clock that went back turns trust into a denial.</summary>
    public Appraisal Judge(EndorsedIdentity identity, Appraisal appraisal)
    {
        if (!appraisal.IsTrusted || appraisal.Clock is not { } clock)
            return appraisal;
        lock (_gate)
        {
            var change = ClockChange.None;
            var known =
                _last.TryGetValue(identity.EkFingerprint, out var last) && last.AkName.AsSpan().SequenceEqual(identity.AkName);
            if (known)
                change = ClockContinuity.Compare(last.Clock, clock);
            if (change == ClockChange.RolledBack)
            {
                var detail = "the TPM's counters went back: an older state was restored, or a copy answers";
                return appraisal with
                {
                    Claims = [.. appraisal.Claims, new Claim(ClaimName, ClaimVerdict.Fail, detail)],
                    Denial = new Denial(DenialCodes.Session, detail),
                };
            }
            _last[identity.EkFingerprint] = (identity.AkName, clock);
            var found = known
                ? $"since the last quote: {change.ToString().ToLowerInvariant()}"
                : "the first quote of this TPM in this run";
            return appraisal with { Claims = [.. appraisal.Claims, new Claim(ClaimName, ClaimVerdict.Pass, found)] };
        }
    }
}
