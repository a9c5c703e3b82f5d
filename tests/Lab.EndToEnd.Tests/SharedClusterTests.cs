using System.Net;
using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Lab.Model.Errors;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Kubeadm;

namespace Lab.EndToEnd.Tests;

/// <summary>What a cluster outlives, and what leaves it as it is: all with the same one.</summary>
[TestFixture, Category("EndToEnd")]
public sealed class SharedClusterTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    private ClusterUnderTest _test = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _test = await ClusterUnderTest.StartAsync(segment: false);
        await _test.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _test.DisposeAsync();

    [TestCase("kube-apiserver")]
    [TestCase("etcd")]
    [TestCase("kube-controller-manager")]
    public async Task A_component_that_is_killed_comes_back_and_watches_go_on(string component)
    {
        var name = $"after-{component}";
        var waiting = _test.Cluster.WaitAsync(
            ConfigMaps,
            items => items.Any(item => item.GetProperty("metadata").GetProperty("name").GetString() == name),
            "a config map",
            ClusterUnderTest.Deadline,
            CancellationToken.None
        );

        await _test.Cluster.RestartAsync(component, CancellationToken.None);
        var body = new
        {
            apiVersion = "v1",
            kind = "ConfigMap",
            metadata = new { name },
        };
        var answer = await _test.Cluster.SendAsync(
            HttpMethod.Post,
            ConfigMaps,
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body)),
            "application/json",
            CancellationToken.None
        );

        Assert.That(answer.IsSuccess, answer.Body.ToString());
        Assert.That(await waiting, Is.Not.Empty);
        Assert.That(_test.Cluster.Failed.IsCompleted, Is.False);
    }

    [Test]
    public void Waiting_in_vain_says_how_things_stand() =>
        Assert.That(
            async () =>
                await _test.Cluster.WaitAsync(
                    "/api/v1/namespaces",
                    items => items.Count > 100,
                    "hundred namespaces",
                    TimeSpan.FromSeconds(1),
                    CancellationToken.None
                ),
            Throws.TypeOf<BoardException>().With.Message.Contain("kube-public · Active")
        );

    [Test]
    public async Task The_real_kubeadm_takes_our_configuration_as_it_is()
    {
        var binaries = await ClusterUnderTest.BinariesAsync(_test.Folders, _test.Owner);
        var configuration = Path.Combine(_test.RunFolder, "kubeadm.yaml");
        await File.WriteAllTextAsync(
            configuration,
            KubeadmConfiguration.Write(
                new KubernetesRelease(binaries.Version),
                new ClusterAddresses("10.0.2.2", IPAddress.Loopback, 6443, 6443),
                Path.Combine(_test.RunFolder, "pki"),
                new ClusterOptions
                {
                    Binaries = binaries,
                    RunFolder = _test.RunFolder,
                    Folders = _test.Folders,
                    Owner = _test.Owner,
                    Time = TimeProvider.System,
                }
            )
        );
        var migrated = await Cli.Wrap(Path.Combine(binaries.ControlPlane, "kubeadm"))
            .WithArguments(["config", "migrate", "--old-config", configuration])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();

        Assert.That(migrated.ExitCode, Is.Zero, migrated.StandardError);
        Assert.That(migrated.StandardError, Does.Not.Contain("unknown field").And.Not.Contain("WARNING"));
        Assert.That(
            migrated.StandardOutput,
            Does.Contain("controlPlaneEndpoint: 10.0.2.2:6443").And.Contain("PublicKeysECDSA: true")
        );
    }
}
