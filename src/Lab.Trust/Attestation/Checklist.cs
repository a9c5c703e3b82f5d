using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>Collects claims in a fixed order; ends with the first that fails.</summary>
internal sealed class Checklist(IReadOnlyList<string> names)
{
    private readonly List<Claim> claims = new(names.Count);
    private Denial? denial;

    public TpmClockInfo? Clock { get; set; }

    /// <summary>Notes a claim that holds.</summary>
    public void Pass(string name, string detail, string? evidence = null) =>
        claims.Add(new Claim(name, ClaimVerdict.Pass, detail, evidence));

    /// <summary>Notes the claim that does not hold, and gives the appraisal that results.</summary>
    public Appraisal Deny(string name, string code, string detail, string? evidence = null, int? pcr = null)
    {
        claims.Add(new Claim(name, ClaimVerdict.Fail, detail, evidence));
        denial = new Denial(code, detail, pcr);
        return Finish();
    }

    /// <summary>Takes over the claims of an appraisal of a part.</summary>
    public void Add(Appraisal part) => claims.AddRange(part.Claims);

    /// <summary>The appraisal, with the denial of its last part.</summary>
    public Appraisal Finish(Denial? denied)
    {
        denial = denied;
        return Finish();
    }

    /// <summary>The appraisal; a claim that was not reached is none that holds.</summary>
    public Appraisal Finish()
    {
        var done = claims.Select(claim => claim.Name).ToHashSet(StringComparer.Ordinal);
        var rest = names
            .Where(name => !done.Contains(name))
            .Select(name => new Claim(name, ClaimVerdict.NotChecked, "not reached"));
        return new Appraisal([.. claims, .. rest], denial, Clock);
    }
}
