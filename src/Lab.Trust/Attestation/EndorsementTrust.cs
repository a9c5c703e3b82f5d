using System.Security.Cryptography.X509Certificates;

namespace Lab.Trust.Attestation;

/// <summary>Whose TPMs are trusted to be TPMs.</summary>
/// <param name="Roots">Certificates of TPM manufacturers, or of the rig's own CA: the only roots.</param>
/// <param name="Intermediates">CA certificates between the roots and the EK certificates; nothing is fetched from the network.</param>
/// <param name="DeniedFingerprints">SHA-256 of EK certificates, lower-case hex, that are no longer trusted.</param>
public sealed record EndorsementTrust(
    X509Certificate2Collection Roots,
    X509Certificate2Collection? Intermediates = null,
    IReadOnlySet<string>? DeniedFingerprints = null
);
