using System.Text.Json;
using Lab.Scenarios.Cluster;

namespace Lab.Scenarios.Tests;

/// <summary>Pods that wait for an image, as the API describes them.</summary>
[TestFixture]
internal sealed class ImagePullTests
{
    [TestCase("registry.hwlab/fleet/hello:1", "fleet/hello", "1")]
    [TestCase("registry.hwlab/pause", "pause", "latest")]
    [TestCase("registry.hwlab/pause@sha256:ab", "pause", "sha256:ab")]
    [TestCase("registry.hwlab/fleet/hello:1@sha256:ab", "fleet/hello", "sha256:ab")]
    public void An_image_of_the_rig_is_known_by_its_name(string image, string repository, string reference) =>
        Assert.That(new ImagePull("pod", image, "", "").InRig, Is.EqualTo((repository, reference)));

    [TestCase("docker.io/library/busybox:1")]
    [TestCase("")]
    public void Any_other_is_not_the_rigs(string image) => Assert.That(new ImagePull("pod", image, "", "").InRig, Is.Null);

    [Test]
    public void Only_what_cannot_be_pulled_is_told()
    {
        using var pods = JsonDocument.Parse(
            """
            [
              { "metadata": { "name": "new" } },
              { "metadata": { "name": "starts" },
                "status": { "containerStatuses": [ { "image": "a", "state": { "waiting": { "reason": "ContainerCreating" } } } ] } },
              { "metadata": { "name": "waits" },
                "status": { "containerStatuses": [
                  { "image": "registry.hwlab/a:1", "state": { "waiting": { "reason": "ErrImagePull", "message": "unexpected EOF" } } } ] } }
            ]
            """
        );
        var items = pods.RootElement.EnumerateArray().ToArray();

        Assert.That(
            ImagePull.FailuresOf(items),
            Is.EqualTo([new ImagePull("waits", "registry.hwlab/a:1", "ErrImagePull", "unexpected EOF")])
        );
        Assert.That(ImagePull.Describe(items), Is.EqualTo("; waits waits for its image (ErrImagePull: unexpected EOF)"));
        Assert.That(ImagePull.Describe(items[..2]), Is.Empty);
    }
}
