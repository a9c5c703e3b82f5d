namespace Lab.Services.GitOps.Engine;

/// <summary>Why a Kustomization could not be reconciled: the reason and message of its Ready condition.</summary>
internal sealed class ReconcileException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public const string ArtifactFailed = "ArtifactFailed";
    public const string BuildFailed = "BuildFailed";
    public const string DependencyNotReady = "DependencyNotReady";
    public const string HealthCheckFailed = "HealthCheckFailed";
    public const string PruneFailed = "PruneFailed";
    public const string ReconciliationFailed = "ReconciliationFailed";
    public const string Superseded = "HealthCheckCanceled";

    public string Reason { get; } = reason;
}
