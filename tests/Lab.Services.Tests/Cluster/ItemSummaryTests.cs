using System.Text.Json;
using Lab.Services.Cluster.Access;

namespace Lab.Services.Tests.Cluster;

internal sealed class ItemSummaryTests
{
    [Test]
    public void Nothing_is_said_so() => Assert.That(ItemSummary.Of([]), Is.EqualTo("there are none"));

    [Test]
    public void A_pod_that_waits_says_for_what() =>
        Assert.That(
            ItemSummary.Of([
                Item(
                    """
                    {"metadata":{"name":"hello","namespace":"fleet"},"spec":{"nodeName":"virt-1"},
                     "status":{"phase":"Pending",
                       "conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady","message":"not yet"}],
                       "containerStatuses":[{"name":"web","state":{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}}]}}
                    """
                ),
            ]),
            Is.EqualTo(
                "  | fleet/hello · on virt-1 · Pending · Ready=False (ContainersNotReady): not yet · web waits: ImagePullBackOff: no such image"
            )
        );

    [TestCase("""{"metadata":{}}""")]
    [TestCase("""{"metadata":{"name":"x"},"status":"odd","spec":7}""")]
    [TestCase("""{"metadata":{"name":"x"},"status":{"conditions":[{}],"containerStatuses":[{}]}}""")]
    public void Odd_objects_do_no_harm(string json) => Assert.That(ItemSummary.Of([Item(json)]), Is.Not.Empty);

    [Test]
    public void Many_are_cut() =>
        Assert.That(
            ItemSummary.Of([.. Enumerable.Repeat(Item("""{"metadata":{"name":"x"}}"""), 30)]),
            Does.EndWith("and 10 more")
        );

    private static JsonElement Item(string json) => JsonDocument.Parse(json).RootElement;
}
