using Lab.Model.Errors;
using Lab.Services.Cluster.Flavors;

namespace Lab.Services.Tests.Cluster;

internal sealed class FlavorChoiceTests
{
    private TestLab _lab = null!;

    [SetUp]
    public void Make_a_lab() => _lab = new TestLab();

    [TearDown]
    public async Task Remove_the_lab() => await _lab.DisposeAsync();

    [TestCase("k3s", null, "k3s")]
    [TestCase(null, "v1.34.1+k3s1", "k3s")]
    [TestCase(null, "v1.34.1", "kubeadm")]
    [TestCase("kubeadm-debian", "v1.34.1", "kubeadm-debian")]
    public async Task The_rig_decides(string? flavor, string? version, string expected) =>
        Assert.That((await ChooseAsync(new ClusterChoice(flavor, version))).Name, Is.EqualTo(expected));

    [Test]
    public void A_flavor_that_is_not_there_is_refused() =>
        Assert.That(
            async () => await ChooseAsync(new ClusterChoice("minikube")),
            Throws.TypeOf<RigException>().With.Message.Contain("kubeadm-debian")
        );

    [Test]
    public void What_was_never_run_says_so() =>
        Assert.That(
            ClusterFlavors.All(new ClusterChoice(), _lab.Folders, _lab.Owner).Select(one => (one.Name, one.NeverRunHere is null)),
            Is.EqualTo([("kubeadm-debian", true), ("kubeadm", false), ("k3s", false)])
        );

    [Test]
    public async Task A_downloaded_flavor_without_a_release_says_what_it_lacks()
    {
        var flavor = new KubeadmFlavor(new ClusterChoice(), _lab.Folders);
        Assert.That(await flavor.FindObstacleAsync(CancellationToken.None), Does.Contain("cluster.version"));
        Assert.That(
            async () => await flavor.PrepareAsync(null, refresh: false, CancellationToken.None),
            Throws.TypeOf<RigException>()
        );
    }

    [Test]
    public void A_mirror_that_is_neither_folder_nor_address_is_refused() =>
        Assert.That(
            async () =>
                await new KubeadmFlavor(new ClusterChoice("kubeadm", "v1.34.1", null, "/nowhere"), _lab.Folders).PrepareAsync(
                    null,
                    refresh: false,
                    CancellationToken.None
                ),
            Throws.TypeOf<RigException>()
        );

    private Task<Lab.Services.Cluster.IClusterFlavor> ChooseAsync(ClusterChoice choice) =>
        ClusterFlavors.ChooseAsync(choice, _lab.Folders, _lab.Owner, CancellationToken.None);
}
