using System.Security.Cryptography;
using System.Text.Json;
using Lab.BootAgent.Cluster;
using Lab.BootAgent.Node;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Cluster;

internal sealed class JoinFilesTests
{
    private static readonly Uri Services = new("http://10.0.2.2:8080/");
    private string root = "";
    private JoinFiles files = null!;

    [SetUp]
    public void Make_a_root()
    {
        root = Directory.CreateTempSubdirectory("hwlab-join-").FullName + "/";
        files = new JoinFiles(root);
    }

    [TearDown]
    public void Remove_the_root() => Directory.Delete(root, recursive: true);

    [Test]
    public void The_key_that_the_quote_binds_is_the_one_that_kubelet_finds()
    {
        using var key = new NodeKey();
        files.Write(JoinSecretTests.Example(), key, Services);
        var path = root + "var/lib/kubelet/pki/kubelet-client.key.tmp";
        using var read = ECDsa.Create();
        read.ImportFromPem(File.ReadAllText(path));
        Assert.That(File.ReadAllText(path), Does.StartWith("-----BEGIN EC PRIVATE KEY-----"));
        Assert.That(SHA256.HashData(read.ExportSubjectPublicKeyInfo()), Is.EqualTo(key.PublicSha256));
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(
            File.GetUnixFileMode(files.JoinConfiguration),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite),
            "it holds the token"
        );
    }

    [TestCase("v1.20.2", "v1beta2", "\n  timeout: 2m0s", "criSocket: \"/run")]
    [TestCase("v1.24.0", "v1beta3", "\n  timeout: 2m0s", "criSocket: \"unix:///run")]
    [TestCase("v1.35.1", "v1beta4", "\ntimeouts:\n  discovery: 2m0s", "criSocket: \"unix:///run")]
    public void Each_version_of_kubeadm_is_told_in_its_own_words(string version, string api, string timeout, string socket)
    {
        var text = JoinFiles.Join(JoinSecretTests.Example(version));
        Assert.That(text, Does.StartWith($"apiVersion: kubeadm.k8s.io/{api}\n").And.Contain(timeout).And.Contain(socket));
        Assert.That(text, Does.Contain("apiServerEndpoint: \"10.0.2.2:6443\"").And.Contain("name: \"virt-1\""));
    }

    [Test]
    public void Pods_get_addresses_of_the_nodes_own_range()
    {
        using var network = JsonDocument.Parse(JoinFiles.Network(JoinSecretTests.Example()));
        var bridge = network.RootElement.GetProperty("plugins")[0];
        var subnet = bridge.GetProperty("ipam").GetProperty("ranges")[0][0].GetProperty("subnet");
        Assert.That(subnet.GetString(), Is.EqualTo("10.244.1.0/24"));
    }

    [Test]
    public void Images_come_from_the_rigs_services()
    {
        using var key = new NodeKey();
        files.Write(JoinSecretTests.Example(), key, Services);
        var text = File.ReadAllText(root + "etc/containerd/certs.d/registry.hwlab/hosts.toml");
        Assert.That(text, Does.Contain("server = \"http://10.0.2.2:8080\"").And.Contain("[host.\"http://10.0.2.2:8080\"]"));
    }

    [Test]
    public void The_flags_that_kubeadm_chose_are_read()
    {
        Assert.That(files.ReadKubeletFlags(), Is.Empty);
        Directory.CreateDirectory(Path.GetDirectoryName(files.KubeletFlags)!);
        File.WriteAllText(files.KubeletFlags, "KUBELET_KUBEADM_ARGS=\"--container-runtime=remote --a=b\"\n");
        Assert.That(files.ReadKubeletFlags(), Is.EqualTo(["--container-runtime=remote", "--a=b"]));
    }

    [Test]
    public void A_new_agent_starts_from_nothing()
    {
        using var key = new NodeKey();
        files.Write(JoinSecretTests.Example(), key, Services);
        files.Clear();
        Assert.That(File.Exists(files.NodeKey), Is.False);
        Assert.That(File.Exists(files.JoinConfiguration), Is.False);
        Assert.That(() => files.Clear(), Throws.Nothing);
    }
}
