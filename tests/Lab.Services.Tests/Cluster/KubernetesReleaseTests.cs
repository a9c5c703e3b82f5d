using Lab.Model.Errors;
using Lab.Services.Cluster;

namespace Lab.Services.Tests.Cluster;

internal sealed class KubernetesReleaseTests
{
    [TestCase("v1.20.2", "v1.20.2")]
    [TestCase("1.34.1", "v1.34.1")]
    [TestCase("v1.34.1+k3s1", "v1.34.1")]
    [TestCase("v1.31.0-rc.1", "v1.31.0")]
    public void A_version_is_read(string text, string expected) =>
        Assert.That(KubernetesVersion.Parse(text).ToString(), Is.EqualTo(expected));

    [TestCase("")]
    [TestCase("latest")]
    [TestCase("v1.34")]
    [TestCase("v1.34.1/../../etc")]
    [TestCase("v1.34.99999999999")]
    public void What_is_not_a_version_is_refused(string text) =>
        Assert.That(() => KubernetesVersion.Parse(text), Throws.TypeOf<RigException>());

    [TestCase("v1.20.2", "v1beta2", "kubelet-config-1.20", "node-role.kubernetes.io/master", "admin.conf")]
    [TestCase("v1.22.0", "v1beta3", "kubelet-config-1.22", "node-role.kubernetes.io/master", "admin.conf")]
    [TestCase("v1.24.0", "v1beta3", "kubelet-config", "node-role.kubernetes.io/control-plane", "admin.conf")]
    [TestCase("v1.29.0", "v1beta3", "kubelet-config", "node-role.kubernetes.io/control-plane", "super-admin.conf")]
    [TestCase("v1.34.1", "v1beta4", "kubelet-config", "node-role.kubernetes.io/control-plane", "super-admin.conf")]
    public void Names_follow_the_release(string version, string api, string configMap, string label, string administrator)
    {
        var release = new KubernetesRelease(KubernetesVersion.Parse(version));
        Assert.Multiple(() =>
        {
            Assert.That(release.KubeadmApi, Is.EqualTo($"kubeadm.k8s.io/{api}"));
            Assert.That(release.KubeletConfigMap, Is.EqualTo(configMap));
            Assert.That(release.ControlPlaneLabel, Is.EqualTo(label));
            Assert.That(release.AdministratorKubeconfig, Is.EqualTo(administrator));
        });
    }

    [TestCase("v1.20.2", "v1alpha2")]
    [TestCase("v1.24.0", "v1", "v1alpha2")]
    [TestCase("v1.26.0", "v1")]
    public void Runtime_interfaces_follow_the_release(string version, params string[] interfaces) =>
        Assert.That(new KubernetesRelease(KubernetesVersion.Parse(version)).RuntimeInterfaces, Is.EqualTo(interfaces));

    [TestCase("v1.20.2", true, true, true)]
    [TestCase("v1.24.0", false, false, true)]
    [TestCase("v1.35.0", false, false, false)]
    public void Habits_follow_the_release(string version, bool ports, bool secrets, bool cgroups)
    {
        var release = new KubernetesRelease(KubernetesVersion.Parse(version));
        Assert.Multiple(() =>
        {
            Assert.That(release.HasInsecurePorts, Is.EqualTo(ports));
            Assert.That(release.MakesTokenSecrets, Is.EqualTo(secrets));
            Assert.That(release.RunsOnCgroupV1, Is.EqualTo(cgroups));
        });
    }
}
