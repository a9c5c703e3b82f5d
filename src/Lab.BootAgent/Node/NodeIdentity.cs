using Lab.Trust.Tpm;

namespace Lab.BootAgent.Node;

/// <summary>The node's keys in its TPM.</summary>
/// <param name="EndorsementKey">The EK of the TCG template L-1.</param>
/// <param name="AttestationKey">A restricted signing key.</param>
/// <param name="EndorsementCertificate">DER, from the TPM's NV.</param>
internal sealed record NodeIdentity(TpmObject EndorsementKey, TpmObject AttestationKey, byte[] EndorsementCertificate)
    : IDisposable
{
    /// <summary>Makes or finds the keys.</summary>
    /// <exception cref="DenialException"><c>ek-untrusted</c>: the TPM holds no EK certificate.</exception>
    /// <exception cref="TpmException">The TPM refused.</exception>
    public static NodeIdentity Open(Tpm2 tpm, CancellationToken cancellationToken)
    {
        var certificate =
            tpm.ReadEkCertificate(cancellationToken: cancellationToken)
            ?? throw new DenialException("ek-untrusted", "the TPM holds no EK certificate");
        var endorsementKey = FindPersistent(tpm, cancellationToken) ?? tpm.CreateEk(cancellationToken);
        try
        {
            return new NodeIdentity(endorsementKey, tpm.CreateAk(cancellationToken), certificate);
        }
        catch
        {
            endorsementKey.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        AttestationKey.Dispose();
        EndorsementKey.Dispose();
    }

    /// <summary>The EK that the TPM's maker left ready: making it anew takes a real TPM many seconds.</summary>
    private static TpmObject? FindPersistent(Tpm2 tpm, CancellationToken cancellationToken)
    {
        if (!tpm.GetHandles(TpmHandle.PersistentEkRsa2048, cancellationToken).Contains(TpmHandle.PersistentEkRsa2048))
            return null;
        var found = tpm.ReadPublic(TpmHandle.PersistentEkRsa2048, cancellationToken);
        var template = TpmTemplates.EkRsa2048;
        return (found.Public with { Unique = template.Unique }).Equals(template) ? found : null;
    }
}
