namespace Lab.Controller.Rigs;

/// <summary>How Git rules the rig's cluster.</summary>
/// <param name="Engine">The engine: <c>embedded</c> or <c>flux</c>.</param>
/// <param name="FleetFolder">The full path of the folder that the fleet's repository is seeded from; null for the one that HwLab brings.</param>
public sealed record RigGitOps(string Engine = RigGitOps.Embedded, string? FleetFolder = null)
{
    /// <summary>The lab's own engine.</summary>
    public const string Embedded = "embedded";
}
