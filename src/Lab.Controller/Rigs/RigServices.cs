namespace Lab.Controller.Rigs;

/// <summary>What a rig offers its boards.</summary>
/// <param name="Netboot">DHCP, TFTP and HTTP.</param>
/// <param name="Registry">An OCI registry.</param>
/// <param name="Tuf">A TUF repository.</param>
/// <param name="Attestation">Enrolment and appraisal.</param>
/// <param name="Cluster">A Kubernetes control plane, and the admission of nodes to it.</param>
/// <param name="Git">A Git repository that rules the cluster.</param>
public sealed record RigServices(
    bool Netboot = true,
    bool Registry = true,
    bool Tuf = true,
    bool Attestation = true,
    bool Cluster = true,
    bool Git = true
);
