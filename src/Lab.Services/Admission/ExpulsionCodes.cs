namespace Lab.Services.Admission;

/// <summary>The codes of <see cref="Model.Services.NodeExpulsion"/>.</summary>
internal static class ExpulsionCodes
{
    public const string Silence = "silence";
    public const string Denied = "denied";
    public const string Rebooted = "rebooted";
    public const string Revoked = "revoked";
}
