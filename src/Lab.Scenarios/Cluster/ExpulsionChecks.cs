using Lab.Model.Scenarios;

namespace Lab.Scenarios.Cluster;

/// <summary>What must hold for a node that lost the lab's trust.</summary>
internal static class ExpulsionChecks
{
    public static async Task CheckAsync(RunContext context, string node, CancellationToken cancellationToken)
    {
        var cluster = new FleetCluster(context);
        var found = await cluster.FindAsync($"/api/v1/nodes/{node}", cancellationToken);
        context.Recorder.Check(
            "the node takes no pods",
            found is null || found.Value.IsCordoned(),
            found is null ? "its Node object is gone" : "cordoned"
        );
        var pods = await cluster.FindAsync($"/api/v1/pods?fieldSelector=spec.nodeName%3D{node}", cancellationToken);
        var left = pods?.Find("items").GetArrayLength() ?? 0;
        context.Recorder.Check("its pods are gone", left == 0, $"{left} left");
        var (allowed, reason) = await cluster.ReviewNodeAsync(node, cancellationToken);
        context.Recorder.Check("its certificate opens nothing", !allowed, reason.Length > 0 ? reason : "the API gave no reason");
    }
}
