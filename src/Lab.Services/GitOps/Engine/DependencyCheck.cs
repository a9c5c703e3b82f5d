using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Engine;

/// <summary>Whether the Kustomizations that one depends on are ready, and at the same revision where they have the same source.</summary>
internal sealed class DependencyCheck(KubeApi api)
{
    /// <exception cref="ReconcileException">One of them is not.</exception>
    public async Task RequireAsync(JsonObject kustomization, string revision, CancellationToken cancellationToken)
    {
        foreach (var key in KustomizationDefaults.DependenciesOf(kustomization))
        {
            var dependency =
                await api.FindAsync(FluxApi.Kustomization.Object(key), cancellationToken)
                ?? throw NotReady($"dependency '{key}' not found");
            if (
                KubeJson.Number(dependency.Status()["observedGeneration"]) != dependency.Generation()
                || KubeJson.Text(dependency.Condition(ConditionList.Ready)?["status"]) != "True"
            )
                throw NotReady($"dependency '{key}' is not ready");
            var isSameSource =
                KustomizationDefaults.SourceOf(dependency) == KustomizationDefaults.SourceOf(kustomization)
                && KubeJson.Text(dependency.Spec()["sourceRef"]?["kind"])
                    == KubeJson.Text(kustomization.Spec()["sourceRef"]?["kind"]);
            if (isSameSource && KubeJson.Text(dependency.Status()["lastAppliedRevision"]) != revision)
                throw NotReady($"dependency '{key}' revision is not up to date");
        }
    }

    private static ReconcileException NotReady(string message) => new(ReconcileException.DependencyNotReady, message);
}
