using System.Text.Json.Nodes;
using Lab.Services.GitOps.Apply;

namespace Lab.Services.Tests.GitOps;

public sealed class ApplyOrderTests
{
    [Test]
    public void Definitions_come_first_then_classes_then_the_rest_by_kind()
    {
        var stages = ApplyOrder.Stages([
            Object("test.invalid/v1", "Widget", "w"),
            Object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "v"),
            Object("apps/v1", "Deployment", "d"),
            Object("v1", "ConfigMap", "c"),
            Object("networking.k8s.io/v1", "IngressClass", "i"),
            Object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets"),
            Object("v1", "ServiceAccount", "s"),
            Object("v1", "Namespace", "n"),
        ]);
        Assert.That(
            stages.Select(stage => string.Join(' ', stage.Select(item => item["metadata"]!["name"]!.GetValue<string>()))),
            Is.EqualTo(new[] { "n widgets", "i", "s c d w v" })
        );
    }

    [Test]
    public void Deletion_goes_the_other_way()
    {
        var entries = new[] { "_n__Namespace", "n_c__ConfigMap", "n_d_apps_Deployment" }.Select(id => new InventoryEntry(
            ObjectId.TryParse(id)!,
            "v1"
        ));
        Assert.That(
            ApplyOrder.ForDeletion(entries).Select(entry => entry.Id.Kind),
            Is.EqualTo(new[] { "Deployment", "ConfigMap", "Namespace" })
        );
    }

    [Test]
    public void A_namespace_of_another_group_is_no_definition() =>
        Assert.That(ApplyOrder.IsDefinition("Namespace", "test.invalid"), Is.False);

    private static JsonObject Object(string apiVersion, string kind, string name) =>
        new()
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
        };
}
