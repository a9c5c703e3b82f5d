namespace Lab.Controller.Rigs;

/// <summary>What a rig offers its boards.</summary>
/// <param name="Netboot">DHCP, TFTP and HTTP.</param>
/// <param name="Registry">An OCI registry.</param>
/// <param name="Tuf">A TUF repository.</param>
/// <param name="Attestation">Enrolment and appraisal.</param>
public sealed record RigServices(bool Netboot = true, bool Registry = true, bool Tuf = true, bool Attestation = true);
