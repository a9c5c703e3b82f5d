namespace Lab.Scenarios.EdgeNode;

/// <summary>The OS that <c>edge-node</c> boots, as TUF and the registry name it.</summary>
internal static class Target
{
    public const string Name = "os/edge-node";
    public const string Repository = "edge-node";
}
