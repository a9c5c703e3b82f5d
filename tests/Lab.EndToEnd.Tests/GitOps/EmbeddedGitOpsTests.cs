using Lab.Model.Errors;
using Lab.Services.GitOps;
using Lab.Services.GitOps.Api;

namespace Lab.EndToEnd.Tests.GitOps;

/// <summary>The embedded engine against a real API server and real Git over HTTP.</summary>
[Category("EndToEnd")]
[Parallelizable(ParallelScope.Self)]
public sealed class EmbeddedGitOpsTests
{
    private TestCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task StartClusterAsync() => _cluster = await TestCluster.StartAsync();

    [OneTimeTearDown]
    public async Task StopClusterAsync() => await _cluster.DisposeAsync();

    [Test]
    public async Task The_first_sync_applies_everything_in_order_and_says_so_in_Flux_words()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Manifests.Seed());
        var status = await fleet.WaitForHeadAsync();
        var head = await fleet.Repository.GetHeadAsync(CancellationToken.None);
        var notes = await _cluster.GetAsync(Manifests.Notes);
        var sync = await _cluster.GetAsync(TestFleet.Object);
        var events = await _cluster.GetAsync("/api/v1/namespaces/flux-system/events");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.SourceReady, Is.EqualTo("True"));
            Assert.That(status.SourceReason, Is.EqualTo("Succeeded"));
            Assert.That(status.SourceMessage, Is.EqualTo($"stored artifact for revision 'main@sha1:{head}'"));
            Assert.That(status.Reason, Is.EqualTo("ReconciliationSucceeded"));
            Assert.That(status.Message, Is.EqualTo($"Applied revision: main@sha1:{head}"));
            Assert.That(
                status.Inventory,
                Is.EqualTo(
                    new[]
                    {
                        "_fleet-test__Namespace",
                        "_widgets.test.invalid_apiextensions.k8s.io_CustomResourceDefinition",
                        "fleet-test_first_test.invalid_Widget",
                        "fleet-test_notes__ConfigMap",
                        "fleet-test_notes__Service",
                    }
                )
            );
            Assert.That(notes.Label("kustomize.toolkit.fluxcd.io/name"), Is.EqualTo("fleet"));
            Assert.That(notes.Label("kustomize.toolkit.fluxcd.io/namespace"), Is.EqualTo("flux-system"));
            Assert.That(
                KubeJson.Objects(notes["metadata"]!["managedFields"]).Select(entry => KubeJson.Text(entry["manager"])),
                Has.One.EqualTo("kustomize-controller")
            );
            Assert.That(sync["metadata"]!["finalizers"]![0]!.GetValue<string>(), Is.EqualTo("finalizers.fluxcd.io"));
            Assert.That(sync.Condition("Reconciling"), Is.Null);
            Assert.That(KubeJson.Text(sync.Condition("Healthy")?["status"]), Is.EqualTo("True"));
            Assert.That(
                KubeJson.Objects(events["items"]).Select(item => KubeJson.Text(item["message"])),
                Has.Some.Contains("ConfigMap/fleet-test/notes created")
            );
        }
    }

    [Test]
    public async Task A_push_is_rolled_out_and_a_removed_file_is_pruned()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        await fleet.WaitForAsync(await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("two")));
        var changed = await _cluster.GetAsync(Manifests.Notes);
        var status = await fleet.WaitForAsync(await fleet.CommitAsync("notes.yaml", null));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed["data"]!["value"]!.GetValue<string>(), Is.EqualTo("two"));
            Assert.That(await _cluster.FindAsync(Manifests.Notes), Is.Null);
            Assert.That(status.Inventory, Is.EqualTo(new[] { "_fleet-test__Namespace" }));
        }
    }

    [Test]
    public async Task What_a_hand_changed_is_put_back()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        await _cluster.PatchAsync(Manifests.Notes, """{"data":{"value":"by hand","more":"too"}}""", "kubectl-edit");
        await fleet.Engine.ReconcileAsync(CancellationToken.None);
        var notes = await _cluster.WaitAsync(
            "/api/v1/namespaces/fleet-test/configmaps",
            "notes",
            item => item?["data"]?["value"]?.GetValue<string>() == "one"
        );
        Assert.That(notes!["data"]!.AsObject().ContainsKey("more"), Is.False);
    }

    [Test]
    public async Task A_deleted_object_comes_back_by_the_interval_alone()
    {
        await using var fleet = await TestFleet.StartAsync(
            _cluster,
            Plain(),
            source => source with { SyncInterval = TimeSpan.FromSeconds(1) }
        );
        await fleet.WaitForHeadAsync();
        await _cluster.Api.DeleteAsync(Manifests.Notes, CancellationToken.None);
        await _cluster.WaitAsync("/api/v1/namespaces/fleet-test/configmaps", "notes", item => item is not null);
    }

    [TestCase("apiVersion: v1\nkind: [", "BuildFailed", "YAML")]
    [TestCase(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes, namespace: fleet-test}\ndata: [1]",
        "ReconciliationFailed",
        "ConfigMap"
    )]
    [TestCase(
        "apiVersion: v1\nkind: Nothing\nmetadata: {name: notes, namespace: fleet-test}",
        "ReconciliationFailed",
        "no matches for kind"
    )]
    [TestCase("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}", "ReconciliationFailed", "namespace not specified")]
    public async Task A_broken_commit_leaves_the_last_good_state_and_says_why(string content, string reason, string message)
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        var good = await fleet.Repository.GetHeadAsync(CancellationToken.None);
        var broken = await fleet.CommitAsync("notes.yaml", content);
        var status = await fleet.WaitAsync(
            status => status.Ready == "False" && status.AttemptedRevision == $"main@sha1:{broken}",
            "the broken commit refused"
        );
        var notes = await _cluster.GetAsync(Manifests.Notes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.Reason, Is.EqualTo(reason));
            Assert.That(status.Message, Does.Contain(message));
            Assert.That(status.AppliedRevision, Is.EqualTo($"main@sha1:{good}"));
            Assert.That(notes["data"]!["value"]!.GetValue<string>(), Is.EqualTo("one"));
        }

        await fleet.WaitForAsync(await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("mended")));
    }

    [Test]
    public async Task An_unsigned_commit_is_refused_and_the_next_signed_one_heals()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        var good = await fleet.Repository.GetHeadAsync(CancellationToken.None);
        await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("intruder"), signed: false);
        var status = await fleet.WaitAsync(status => status.SourceReady == "False", "the unsigned commit refused");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.SourceReason, Is.EqualTo("InvalidCommitSignature"));
            Assert.That(status.SourceMessage, Does.Contain("it is not signed"));
            Assert.That(status.SourceRevision, Is.EqualTo($"main@sha1:{good}"));
            Assert.That(status.AppliedRevision, Is.EqualTo($"main@sha1:{good}"));
        }

        await fleet.Repository.ResetAsync(good, CancellationToken.None);
        await fleet.WaitForAsync(await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("owner")));
    }

    [Test]
    public async Task Rewritten_history_is_refused_until_it_is_set_back()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        var good = await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("two"));
        await fleet.WaitForAsync(good);
        await fleet.Repository.RewriteAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["notes.yaml"] = Manifests.ConfigMap("rewritten") },
            "Never mind",
            CancellationToken.None
        );
        var status = await fleet.WaitAsync(status => status.SourceReady == "False", "the rewritten history refused");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.SourceReason, Is.EqualTo("HistoryRewritten"));
            Assert.That(status.SourceMessage, Does.Contain("does not descend from").And.Contain(good));
            Assert.That(status.AppliedRevision, Is.EqualTo($"main@sha1:{good}"));
        }

        await fleet.Repository.ResetAsync(good, CancellationToken.None);
        await fleet.WaitAsync(status => status.SourceReady == "True", "the history set back");
        await fleet.WaitForAsync(await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("three")));
    }

    [Test]
    public async Task A_Git_server_that_is_gone_is_reported_and_forgiven()
    {
        await using var fleet = await TestFleet.StartAsync(
            _cluster,
            Plain(),
            source => source with { SourceInterval = TimeSpan.FromSeconds(2) }
        );
        await fleet.WaitForHeadAsync();
        await fleet.Repository.SetReachableAsync(false, CancellationToken.None);
        var status = await fleet.WaitAsync(status => status.SourceReady == "False", "the server missed");
        await fleet.Repository.SetReachableAsync(true, CancellationToken.None);
        await fleet.WaitAsync(status => status.SourceReady == "True", "the server found");
        Assert.That(status.SourceReason, Is.EqualTo("GitOperationFailed"));
    }

    [Test]
    public async Task The_engine_goes_on_after_the_API_server_was_killed()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        await _cluster.Cluster.RestartAsync("kube-apiserver", CancellationToken.None);
        await fleet.WaitForAsync(await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("two")));
    }

    [Test]
    public async Task What_does_not_become_healthy_is_reported_and_the_next_push_does_not_wait_for_it()
    {
        await using var fleet = await TestFleet.StartAsync(
            _cluster,
            Plain(),
            source => source with { Timeout = TimeSpan.FromMinutes(30) }
        );
        await fleet.WaitForHeadAsync();
        // No node is there to run it.
        await fleet.CommitAsync("job.yaml", Manifests.Job);
        await fleet.WaitAsync(
            status =>
                status.Ready == "Unknown" && status.Inventory.Contains("fleet-test_never_batch_Job", StringComparer.Ordinal),
            "the job applied and waited for"
        );
        var status = await fleet.WaitForAsync(await fleet.CommitAsync("job.yaml", null));
        Assert.That(status.Inventory, Has.None.Contains("Job"));
    }

    [Test]
    public async Task A_health_check_that_times_out_says_what_it_waited_for()
    {
        await using var fleet = await TestFleet.StartAsync(
            _cluster,
            Plain(),
            source => source with { Timeout = TimeSpan.FromSeconds(30) }
        );
        await fleet.WaitForHeadAsync();
        await fleet.CommitAsync("job.yaml", Manifests.Job);
        var status = await fleet.WaitAsync(status => status.Ready == "False", "the job given up");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.Reason, Is.EqualTo("HealthCheckFailed"));
            Assert.That(
                status.Message,
                Does.Contain("timeout waiting for: [Job/fleet-test/never status: 'InProgress': Job in progress]")
            );
        }
    }

    [Test]
    public async Task A_suspended_Kustomization_waits_and_shows_what_it_would_change()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        using var client = new GitOpsClient(_cluster.Cluster.CreateClientConfiguration(), TimeProvider.System);
        await client.SuspendAsync("Kustomization", "flux-system", "fleet", suspend: true, CancellationToken.None);
        var head = await fleet.CommitAsync("notes.yaml", Manifests.ConfigMap("two"));
        await fleet.WaitAsync(status => status.SourceRevision == $"main@sha1:{head}", "the commit fetched");
        var differences = await client.CompareAsync("flux-system", "fleet", null, _cluster.Kustomize, CancellationToken.None);
        var notes = await _cluster.GetAsync(Manifests.Notes);
        await client.SuspendAsync("Kustomization", "flux-system", "fleet", suspend: false, CancellationToken.None);
        await fleet.WaitForAsync(head);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(notes["data"]!["value"]!.GetValue<string>(), Is.EqualTo("one"));
            var difference = differences.Single(one => one.Action == "configured");
            Assert.That(difference.Object, Is.EqualTo("ConfigMap/fleet-test/notes"));
            Assert.That(difference.Lines, Is.EqualTo(new[] { ".data.value: \"one\" → \"two\"" }));
        }
    }

    [Test]
    public async Task A_Kustomization_waits_for_those_it_depends_on_and_takes_its_objects_with_it()
    {
        var seed = Plain();
        seed.Remove("notes.yaml");
        seed["notes/notes.yaml"] = Manifests.ConfigMap("one");
        seed["kustomization.yaml"] = "resources: [namespace.yaml]";
        await using var fleet = await TestFleet.StartAsync(_cluster, seed);
        await fleet.WaitForHeadAsync();
        const string second = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/second";
        await _cluster.Api.PatchAsync(
            $"{second}?fieldManager=test",
            Manifests.Dependent,
            KubeApi.ApplyPatch,
            CancellationToken.None
        );
        const string collection = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";
        var waiting = await _cluster.WaitAsync(
            collection,
            "second",
            item => KubeJson.Text(item?.Condition("Ready")?["reason"]) == "DependencyNotReady"
        );
        await _cluster.PatchAsync(second, """{"spec":{"dependsOn":[{"name":"fleet"}]}}""", "test");
        await _cluster.WaitAsync(collection, "second", item => KubeJson.Text(item?.Condition("Ready")?["status"]) == "True");
        var notes = await _cluster.FindAsync(Manifests.Notes);
        await _cluster.Api.DeleteAsync(second, CancellationToken.None);
        await _cluster.WaitAsync(collection, "second", item => item is null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                KubeJson.Text(waiting!.Condition("Ready")!["message"]),
                Is.EqualTo("dependency 'flux-system/third' not found")
            );
            Assert.That(notes, Is.Not.Null);
            Assert.That(await _cluster.FindAsync(Manifests.Notes), Is.Null);
        }
    }

    [Test]
    public async Task What_the_engine_cannot_do_it_refuses_rather_than_ignores()
    {
        await using var fleet = await TestFleet.StartAsync(_cluster, Plain());
        await fleet.WaitForHeadAsync();
        await _cluster.PatchAsync(TestFleet.Object, """{"spec":{"postBuild":{"substitute":{"a":"b"}}}}""", "test");
        var status = await fleet.WaitAsync(status => status.Ready == "False", "the field refused");
        Assert.That(status.Message, Is.EqualTo("spec.postBuild is not supported by the embedded engine"));
    }

    [Test]
    public async Task Flux_is_not_taken_for_installed() =>
        Assert.That(
            async () =>
                await FluxGitOps.OpenAsync(
                    _cluster.Cluster.CreateClientConfiguration(),
                    null,
                    TimeProvider.System,
                    CancellationToken.None
                ),
            Throws.InstanceOf<LabException>().With.Message.Contains("source-controller, kustomize-controller")
        );

    private static Dictionary<string, string> Plain() =>
        new(StringComparer.Ordinal) { ["namespace.yaml"] = Manifests.Namespace, ["notes.yaml"] = Manifests.ConfigMap("one") };
}
