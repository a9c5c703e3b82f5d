using System.Net;
using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using k8s;
using Lab.Host.Processes;
using Lab.Model.Errors;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Kubeadm;

namespace Lab.EndToEnd.Tests;

[TestFixture, Parallelizable(ParallelScope.Self), Category("EndToEnd")]
public sealed class ClusterTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [TestCase(true)]
    [TestCase(false)]
    public async Task Nodes_can_join_and_nothing_is_left_when_it_ends(bool segment)
    {
        string[] processes;
        string kubeconfig;
        await using (var test = await ClusterUnderTest.StartAsync(segment))
        {
            var cluster = test.Cluster;
            kubeconfig = cluster.KubeconfigPath;
            await cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
            processes = ProcessesOf(test);
            Assert.That(processes, Has.Length.GreaterThanOrEqualTo(4));
            Assert.That(cluster.BoardEndpoint.Host, Is.EqualTo("10.0.2.2"));
            Assert.That(File.GetUnixFileMode(kubeconfig), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            await SeeJoinObjectsAsync(cluster);
            using var client = cluster.CreateClient();
            Assert.That((await client.CoreV1.ListNamespaceAsync()).Items, Is.Not.Empty);
            Assert.That(cluster.Failed.IsCompleted, Is.False);
        }
        Assert.Multiple(() =>
        {
            Assert.That(processes.Where(Directory.Exists), Is.Empty);
            Assert.That(File.Exists(kubeconfig), Is.False);
        });
    }

    [Test]
    public async Task Two_run_at_once_and_know_nothing_of_each_other()
    {
        var starting = Enumerable.Range(0, 2).Select(_ => ClusterUnderTest.StartAsync(segment: true)).ToArray();
        await using var first = await starting[0];
        await using var second = await starting[1];
        await first.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
        await second.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
        await PostAsync(first.Cluster, "mine");

        Assert.That((await first.Cluster.SendAsync(HttpMethod.Get, $"{ConfigMaps}/mine", null, "", default)).IsSuccess);
        Assert.That(
            (await second.Cluster.SendAsync(HttpMethod.Get, $"{ConfigMaps}/mine", null, "", default)).Status,
            Is.EqualTo(HttpStatusCode.NotFound)
        );
        Assert.That(first.Cluster.CaCertHash, Is.Not.EqualTo(second.Cluster.CaCertHash));
    }

    [TestCase("kube-apiserver")]
    [TestCase("etcd")]
    [TestCase("kube-controller-manager")]
    public async Task A_component_that_is_killed_comes_back_and_watches_go_on(string component)
    {
        await using var test = await ClusterUnderTest.StartAsync(segment: false);
        await test.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
        var waiting = test.Cluster.WaitAsync(
            ConfigMaps,
            items => items.Any(item => item.GetProperty("metadata").GetProperty("name").GetString() == "after"),
            "a config map",
            ClusterUnderTest.Deadline,
            CancellationToken.None
        );

        await test.Cluster.RestartAsync(component, CancellationToken.None);
        await PostAsync(test.Cluster, "after");

        Assert.That(await waiting, Is.Not.Empty);
        Assert.That(test.Cluster.Failed.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_component_that_dies_by_itself_fails_the_cluster_with_its_name()
    {
        await using var test = await ClusterUnderTest.StartAsync(segment: false);
        await test.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
        var scheduler = ProcessesOf(test)
            .Single(process => CommandLineOf(process).Contains("kube-scheduler", StringComparison.Ordinal));
        await Cli.Wrap("kill").WithArguments(["-KILL", Path.GetFileName(scheduler)]).ExecuteAsync();
        var failure = await test.Cluster.Failed.WaitAsync(ClusterUnderTest.Deadline);
        Assert.That(failure!.Message, Does.Contain("kube-scheduler"));
    }

    [Test]
    public async Task Waiting_in_vain_says_how_things_stand()
    {
        await using var test = await ClusterUnderTest.StartAsync(segment: false);
        await test.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
        Assert.That(
            async () =>
                await test.Cluster.WaitAsync(
                    "/api/v1/namespaces",
                    items => items.Count > 100,
                    "hundred namespaces",
                    TimeSpan.FromSeconds(1),
                    CancellationToken.None
                ),
            Throws.TypeOf<BoardException>().With.Message.Contain("kube-public · Active")
        );
    }

    [Test]
    public async Task A_state_that_is_kept_goes_on_in_the_next_run()
    {
        var state = Directory.CreateTempSubdirectory("hwlab-kept-").FullName;
        try
        {
            string authority;
            await using (
                var test = await ClusterUnderTest.StartAsync(segment: true, options => options with { StateFolder = state })
            )
            {
                await test.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
                authority = test.Cluster.CaCertHash;
                await PostAsync(test.Cluster, "kept");
            }
            await using (
                var test = await ClusterUnderTest.StartAsync(segment: true, options => options with { StateFolder = state })
            )
            {
                await test.Cluster.WaitUntilJoinableAsync(ClusterUnderTest.Deadline, CancellationToken.None);
                Assert.That(test.Cluster.CaCertHash, Is.EqualTo(authority));
                Assert.That((await test.Cluster.SendAsync(HttpMethod.Get, $"{ConfigMaps}/kept", null, "", default)).IsSuccess);
            }
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    [Test]
    public async Task The_real_kubeadm_takes_our_configuration_as_it_is()
    {
        await using var test = await ClusterUnderTest.StartAsync(segment: false);
        var binaries = await ClusterUnderTest.BinariesAsync(test.Folders, test.Owner);
        var configuration = Path.Combine(test.RunFolder, "kubeadm.yaml");
        await File.WriteAllTextAsync(
            configuration,
            KubeadmConfiguration.Write(
                new KubernetesRelease(binaries.Version),
                new ClusterAddresses("10.0.2.2", IPAddress.Loopback, 6443, 6443),
                Path.Combine(test.RunFolder, "pki"),
                new ClusterOptions
                {
                    Binaries = binaries,
                    RunFolder = test.RunFolder,
                    Folders = test.Folders,
                    Owner = test.Owner,
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

    private static async Task SeeJoinObjectsAsync(RunCluster cluster)
    {
        var bindings = await cluster.SendAsync(
            HttpMethod.Get,
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            null,
            "",
            default
        );
        var names = bindings
            .Body.GetProperty("items")
            .EnumerateArray()
            .Select(item => item.GetProperty("metadata").GetProperty("name").GetString())
            .ToArray();
        Assert.That(names, Does.Contain("kubeadm:kubelet-bootstrap").And.Contain("hwlab:node-proxier"));
        Assert.That(names, Has.None.Contains("autoapprove"));
        var kubelet = await cluster.SendAsync(
            HttpMethod.Get,
            "/api/v1/namespaces/kube-system/configmaps/kubelet-config-1.20",
            null,
            "",
            default
        );
        Assert.That(
            kubelet.Body.GetProperty("data").GetProperty("kubelet").GetString(),
            Does.Contain("clientCAFile: /etc/kubernetes/pki/ca.crt")
                .And.Contain("nodeStatusUpdateFrequency: 2s")
                .And.Contain("cgroupDriver: cgroupfs")
        );
        Assert.That(
            (await cluster.SendAsync(HttpMethod.Get, "/api/v1/nodes", null, "", default))
                .Body.GetProperty("items")
                .GetArrayLength(),
            Is.Zero
        );
        var secrets = await cluster.SendAsync(
            HttpMethod.Get,
            "/api/v1/namespaces/kube-system/secrets?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken",
            null,
            "",
            default
        );
        Assert.That(secrets.Body.GetProperty("items").GetArrayLength(), Is.Zero, "no token is left");
    }

    private static async Task PostAsync(RunCluster cluster, string name)
    {
        var body = JsonSerializer.Serialize(
            new
            {
                apiVersion = "v1",
                kind = "ConfigMap",
                metadata = new { name },
            }
        );
        var answer = await cluster.SendAsync(
            HttpMethod.Post,
            ConfigMaps,
            Encoding.UTF8.GetBytes(body),
            "application/json",
            default
        );
        Assert.That(answer.IsSuccess, answer.Body.ToString());
    }

    // Each child has the name of its owner's ledger in its environment.
    private static string[] ProcessesOf(ClusterUnderTest test)
    {
        var ledger = Directory.GetFiles(test.Folders.Ledgers, "*.ledger").Single();
        var cookie = $"{ProcessLedger.CookieVariable}={Path.GetFileNameWithoutExtension(ledger)}";
        return
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
                .Where(folder => EnvironmentOf(folder).Split('\0').Contains(cookie)),
        ];
    }

    private static string EnvironmentOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string CommandLineOf(string process) => File.ReadAllText(Path.Combine(process, "cmdline"));
}
