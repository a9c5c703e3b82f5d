using System.Text.Json.Nodes;
using Lab.Services.GitOps.Apply;

namespace Lab.Services.Tests.GitOps;

public sealed class DriftTests
{
    private const string Live = """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"7","uid":"u","generation":1,
         "labels":{"x":"1"},"managedFields":[{"manager":"m"}]},"data":{"k":"v"},"status":{"s":1}}
        """;

    [Test]
    public void What_the_server_keeps_for_itself_is_no_drift() =>
        Assert.That(
            Drift.Exists(
                Parse(Live),
                Parse(
                    """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"8","labels":{"x":"1"}},"data":{"k":"v"}}"""
                )
            ),
            Is.False
        );

    [TestCase(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"x":"1"}},"data":{"k":"w"}}""",
        ".data.k: \"v\" → \"w\""
    )]
    [TestCase(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}}""",
        ".metadata.labels: {\"x\":\"1\"} → (none)"
    )]
    public void A_difference_is_drift_and_is_named(string applied, string line)
    {
        Assert.That(Drift.Exists(Parse(Live), Parse(applied)), Is.True);
        Assert.That(Drift.Describe(Parse(Live), Parse(applied)), Is.EqualTo(new[] { line }));
    }

    [Test]
    public void Values_of_secrets_are_not_told()
    {
        var lines = Drift.Describe(
            Parse("""{"apiVersion":"v1","kind":"Secret","data":{"k":"b2xk"}}"""),
            Parse("""{"apiVersion":"v1","kind":"Secret","data":{"k":"bmV3"}}""")
        );
        Assert.That(string.Join('\n', lines), Does.Contain(".data.k").And.Not.Contain("bmV3").And.Not.Contain("b2xk"));
    }

    [Test]
    public void Fields_that_kubectl_made_are_taken_over_and_others_left()
    {
        var live = Parse(
            """
            {"metadata":{"resourceVersion":"7","managedFields":[
              {"manager":"kustomize-controller","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:data":{"f:a":{}}}},
              {"manager":"kubectl-edit","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{"f:a":{},"f:b":{}}}},
              {"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","fieldsV1":{"f:status":{}}}]}}
            """
        );
        var patch = ManagedFields.TakeOver(live, "kustomize-controller")!;
        Assert.That(
            patch[1]!["value"]!.ToJsonString(),
            Is.EqualTo(
                """[{"manager":"kustomize-controller","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:data":{"f:a":{},"f:b":{}}}},"""
                    + """{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","fieldsV1":{"f:status":{}}}]"""
            )
        );
    }

    [Test]
    public void Without_a_hand_there_is_nothing_to_take_over() =>
        Assert.That(ManagedFields.TakeOver(Parse(Live), "kustomize-controller"), Is.Null);

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
