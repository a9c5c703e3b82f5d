namespace Lab.Scenarios.EdgeNode;

/// <summary>The names of the stages of <c>edge-node</c>, as they stand in <c>run.json</c>.</summary>
internal static class StageNames
{
    public const string Netboot = "netboot";
    public const string MeasuredBoot = "measured-boot";
    public const string Attestation = "attestation";
    public const string ClusterJoin = "cluster-join";
    public const string GitOpsSync = "gitops-sync";
}
