namespace Lab.Model.Scenarios;

/// <summary>A stage as listed.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Summary">What it proves.</param>
/// <param name="Available">False for a stage that does not exist yet.</param>
/// <param name="NeedsCluster">True for a stage that needs the rig's cluster and what rules it; a run without such a stage starts none.</param>
public sealed record StageOutline(string Name, string Summary, bool Available = true, bool NeedsCluster = false);
