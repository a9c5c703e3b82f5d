using System.Net;
using System.Text.Json;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Access;
using Lab.Services.Cluster.Flavors;
using Lab.Services.Cluster.Kubeadm;

namespace Lab.Services.Tests.Cluster;

internal sealed class CommandLineTests
{
    private static readonly ClusterAddresses Addresses = new("10.0.2.2", IPAddress.Loopback, 40123, 40123);

    private TestLab _lab = null!;

    [SetUp]
    public void Make_a_lab() => _lab = new TestLab();

    [TearDown]
    public async Task Remove_the_lab() => await _lab.DisposeAsync();

    [TestCase("v1.20.2", "featureGates", "criSocket: /run/")]
    [TestCase("v1.30.0", "featureGates", "criSocket: unix:///run/")]
    [TestCase("v1.34.1", "encryptionAlgorithm: ECDSA-P256", "criSocket: unix:///run/")]
    public void The_configuration_of_kubeadm_follows_the_release(string version, string keys, string socket)
    {
        var release = new KubernetesRelease(KubernetesVersion.Parse(version));
        var text = KubeadmConfiguration.Write(release, Addresses, "/pki", Options(version));
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain($"apiVersion: {release.KubeadmApi}\nkind: ClusterConfiguration"));
            Assert.That(text, Does.Contain($"kubernetesVersion: {version}"));
            Assert.That(text, Does.Contain("controlPlaneEndpoint: 10.0.2.2:40123"));
            Assert.That(text, Does.Contain("clientCAFile: /etc/kubernetes/pki/ca.crt"));
            Assert.That(text, Does.Contain(keys).And.Contain(socket));
        });
    }

    [Test]
    public void Without_a_webhook_the_usual_authorizers_are_asked() =>
        Assert.That(Commands("v1.20.2").ForApiServer().Arguments, Does.Contain("--authorization-mode=Node,RBAC"));

    [Test]
    public void A_webhook_is_asked_first()
    {
        var options = Options("v1.20.2") with { AuthorizerKubeconfig = "/run/authorizer.conf" };
        var arguments = Commands("v1.20.2", options).ForApiServer().Arguments;
        Assert.That(arguments, Does.Contain("--authorization-mode=Webhook,Node,RBAC"));
        Assert.That(arguments, Does.Contain("--authorization-webhook-config-file=/run/authorizer.conf"));
    }

    [TestCase("v1.20.2", true)]
    [TestCase("v1.34.1", false)]
    public void No_component_opens_a_port_beside_the_api(string version, bool deprecated)
    {
        foreach (
            var command in (string[][])
                [
                    [.. Commands(version).ForControllerManager().Arguments],
                    [.. Commands(version).ForScheduler().Arguments],
                ]
        )
        {
            Assert.That(command, Does.Contain("--secure-port=0"));
            Assert.That(command.Contains("--port=0"), Is.EqualTo(deprecated));
        }
        Assert.That(
            Commands(version).ForEtcd().Arguments.Where(argument => argument.Contains("-urls", StringComparison.Ordinal)),
            Is.All.Contain("=unix://")
        );
    }

    [TestCase("v1.20.2", 2100)]
    [TestCase("v1.34.1", 1800)]
    public void Certificates_are_good_for_as_long_as_was_said(string version, int seconds)
    {
        var options = Options(version) with { SigningDuration = TimeSpan.FromMinutes(30) };
        Assert.That(
            Commands(version, options).ForControllerManager().Arguments,
            Does.Contain($"--cluster-signing-duration={seconds}s")
        );
    }

    [Test]
    public void Nobody_approves_certificates_by_itself()
    {
        var objects = JoinObjects.All(Addresses.Board, "PEM").ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(objects.Select(entry => entry.Path), Is.Unique);
            Assert.That(objects.Select(entry => entry.Path), Has.None.Contains("approve"));
            Assert.That(
                objects.Select(entry => entry.Json),
                Has.None.Contains("certificatesigningrequests").And.None.Contains("nodeclient")
            );
        });
    }

    [Test]
    public void A_joining_node_is_told_the_address_that_boards_use()
    {
        var (_, json) = JoinObjects.All(Addresses.Board, "PEM").First();
        var kubeconfig = JsonDocument.Parse(json).RootElement.GetProperty("data").GetProperty("kubeconfig").GetString();
        Assert.That(kubeconfig, Does.Contain("server: https://10.0.2.2:40123\n").And.Contain("authority-data: UEVN\n"));
    }

    [Test]
    public void A_kubeconfig_is_pointed_elsewhere() =>
        Assert.That(
            Kubeconfig.Point("clusters:\n- cluster:\n    server: https://10.0.2.2:6443\n  name: x\n", Addresses.Host),
            Is.EqualTo("clusters:\n- cluster:\n    server: https://127.0.0.1:40123\n  name: x\n")
        );

    [Test]
    public void K3s_runs_no_node_and_asks_the_webhook_first()
    {
        var options = Options("v1.34.1") with { AuthorizerKubeconfig = "/run/authorizer.conf" };
        var arguments = K3sControlPlane.Arguments(options, Addresses, "/data");
        Assert.That(arguments, Does.Contain("--disable-agent").And.Contain("--https-listen-port=40123"));
        Assert.That(arguments, Does.Contain("--kube-apiserver-arg=authorization-mode=Webhook,Node,RBAC"));
    }

    private ComponentCommands Commands(string version, ClusterOptions? options = null) =>
        new((KubernetesBinaries)Options(version).Binaries, Addresses, options ?? Options(version), "/folder");

    private ClusterOptions Options(string version) =>
        new()
        {
            Binaries = new KubernetesBinaries(
                "kubeadm",
                KubernetesVersion.Parse(version),
                "/bin",
                "/bin/etcd",
                new Dictionary<string, string>(StringComparer.Ordinal)
            ),
            RunFolder = _lab.Root,
            Folders = _lab.Folders,
            Owner = _lab.Owner,
            Time = TimeProvider.System,
        };
}
