using System.Text;
using System.Text.Json.Nodes;
using Lab.Services.Admission;

namespace Lab.Services.Tests.Admission;

/// <summary>What the API server is told about who asks it for something.</summary>
public sealed class AccessReviewTests
{
    private readonly List<string> _seen = [];

    [SetUp]
    public void SetUp() => _seen.Clear();

    [Test]
    public void A_node_that_is_not_trusted_is_denied_whatever_it_asks([Values("v1", "v1beta1")] string version)
    {
        var answer = Answer(Review(version, "system:node:virt-2", "system:nodes"));

        Assert.That((string?)answer["apiVersion"], Is.EqualTo($"authorization.k8s.io/{version}"));
        Assert.That((string?)answer["kind"], Is.EqualTo("SubjectAccessReview"));
        Assert.That((bool?)answer["status"]!["denied"], Is.True);
        Assert.That((bool?)answer["status"]!["allowed"], Is.False);
    }

    [Test]
    public void About_everybody_else_there_is_no_opinion([Values("v1", "v1beta1")] string version)
    {
        foreach (
            var user in new[] { "system:node:virt-1", "kubernetes-admin", "system:bootstrap:abcdef", "system:anonymous", "" }
        )
        {
            var status = Answer(Review(version, user, "system:authenticated"))["status"]!.AsObject();
            Assert.That((bool?)status["allowed"], Is.False, user);
            Assert.That(status.ContainsKey("denied"), Is.False, user);
        }
        Assert.That(_seen, Is.EqualTo(["virt-1"]));
    }

    [Test]
    public void Who_claims_the_nodes_group_under_another_name_is_denied([Values("v1", "v1beta1")] string version) =>
        Assert.That((bool?)Answer(Review(version, "somebody", "system:nodes"))["status"]!["denied"], Is.True);

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"apiVersion":"authorization.k8s.io/v2","kind":"SubjectAccessReview","spec":{"user":"a"}}""")]
    [TestCase("""{"apiVersion":"authorization.k8s.io/v1","kind":"TokenReview","spec":{"user":"a"}}""")]
    [TestCase("""{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview"}""")]
    [TestCase("""{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":[]}""")]
    [TestCase("""{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":7}}""")]
    [TestCase("""{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"a","groups":7}}""")]
    [TestCase("""{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"a","groups":[7]}}""")]
    public void What_cannot_be_read_is_denied(string review) =>
        Assert.That((bool?)Answer(Encoding.UTF8.GetBytes(review))["status"]!["denied"], Is.True);

    private JsonNode Answer(byte[] review) => JsonNode.Parse(AccessReview.Answer(review, node => node == "virt-1", _seen.Add))!;

    private static byte[] Review(string version, string user, string group) =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["apiVersion"] = $"authorization.k8s.io/{version}",
                ["kind"] = "SubjectAccessReview",
                ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
                ["spec"] = new JsonObject
                {
                    ["resourceAttributes"] = new JsonObject { ["verb"] = "get", ["resource"] = "nodes" },
                    ["user"] = user,
                    [version == "v1" ? "groups" : "group"] = new JsonArray(group),
                },
                ["status"] = new JsonObject { ["allowed"] = false },
            }.ToJsonString()
        );
}
