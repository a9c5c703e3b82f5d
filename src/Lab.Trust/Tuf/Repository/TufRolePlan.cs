namespace Lab.Trust.Tuf.Repository;

/// <summary>Who signs a role, and for how long.</summary>
/// <param name="Keys">The M keys; the private halves of N of them are needed to publish.</param>
/// <param name="Threshold">N.</param>
/// <param name="Validity">Time from each publishing to the expiry.</param>
public sealed record TufRolePlan(IReadOnlyList<TufKey> Keys, int Threshold, TimeSpan Validity)
{
    /// <summary>One key, which must sign.</summary>
    public static TufRolePlan Single(ITufSigner signer, TimeSpan validity) => new([signer.Key], 1, validity);
}
