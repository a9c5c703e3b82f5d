using System.Text;
using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Errors;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Serilog.Core;

namespace Lab.Controller.Tests.Tracing;

[TestFixture]
internal sealed class KubernetesEventCollectorTests
{
    private const string Events = "/api/v1/events";
    private const string Pods = "/api/v1/pods";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task What_was_seen_is_kept_though_it_is_gone_at_the_end()
    {
        var cluster = new ScriptedCluster();
        await using var collector = KubernetesEventCollector.Start(cluster, Logger.None, TimeProvider.System);
        cluster.Say(Pods, SampleCluster.Object("Pod", "p", owner: ("ReplicaSet", "r")));
        await cluster.Seen.Task;
        cluster.Say(Pods);
        cluster.Say(Events, SampleCluster.Event("Pod", "p", "Killing", 9, "kubelet", "Stopping container"));
        var records = await collector.FinishAsync(default);
        Assert.Multiple(() =>
        {
            Assert.That(records!.Objects.Single().GetProperty("kind").GetString(), Is.EqualTo("Pod"));
            Assert.That(records!.Events.Single().GetProperty("reason").GetString(), Is.EqualTo("Killing"));
        });
    }

    [Test]
    public async Task What_Flux_has_is_watched_from_when_its_definitions_are_there()
    {
        const string path = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations";
        const string definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        var cluster = new ScriptedCluster { Awaited = path };
        await using var collector = KubernetesEventCollector.Start(cluster, Logger.None, TimeProvider.System);
        cluster.Say(path, SampleCluster.Object("Kustomization", "fleet"));
        Assert.That(cluster.Seen.Task.IsCompleted, Is.False);
        cluster.Say(
            definitions,
            SampleCluster.Json(
                """
                {"metadata":{"name":"kustomizations.kustomize.toolkit.fluxcd.io"},
                 "status":{"conditions":[{"type":"NamesAccepted","status":"True"},{"type":"Established","status":"True"}]}}
                """
            )
        );
        await cluster.Seen.Task;
        cluster.Say(path);
        Assert.That((await collector.FinishAsync(default))!.Objects, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Without_a_cluster_there_is_nothing_to_be_kept()
    {
        await using var collector = KubernetesEventCollector.Start(null, Logger.None, TimeProvider.System);
        Assert.That(await collector.FinishAsync(default), Is.Null);
    }

    [TestCase(typeof(LabException))]
    [TestCase(typeof(InvalidOperationException))]
    public async Task An_API_that_is_never_there_does_no_harm(Type error)
    {
        var outage =
            error == typeof(LabException)
                ? new LabException("no route to host")
                : (Exception)new InvalidOperationException("a bug");
        var cluster = new ScriptedCluster { Outage = outage };
        await using var collector = KubernetesEventCollector.Start(cluster, Logger.None, TimeProvider.System);
        var records = await collector.FinishAsync(default);
        Assert.That((records!.Events.Count, records.Objects.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task An_API_that_hangs_at_the_end_is_not_waited_for()
    {
        var time = new FakeTimeProvider();
        var cluster = new ScriptedCluster { Hangs = true };
        await using var collector = KubernetesEventCollector.Start(cluster, Logger.None, time);
        cluster.Say(Events, SampleCluster.Event("Pod", "p", "Started", 9, "kubelet", ""));
        await cluster.Seen.Task;
        var finishing = collector.FinishAsync(default);
        while (!finishing.IsCompleted)
        {
            time.Advance(KubernetesEventCollector.LastLook);
            await Task.Yield();
        }

        Assert.That((await finishing)!.Events, Has.Count.EqualTo(1));
    }

    [Test]
    public void Objects_are_kept_without_what_may_be_secret_and_can_be_read_back()
    {
        var pod = SampleCluster.Json(
            """
            {"metadata":{"name":"p","namespace":"fleet","uid":"u","generation":3,"annotations":{"a":"hunter2"},
              "labels":{"app":"hunter2","kustomize.toolkit.fluxcd.io/name":"fleet"},
              "ownerReferences":[{"kind":"ReplicaSet","name":"r","controller":true}],
              "managedFields":[{"manager":"kubectl","operation":"Update","time":"2026-03-01T12:00:00Z","fieldsV1":{"f:spec":{"f:hunter2":{}}}}]},
             "spec":{"containers":[{"env":[{"name":"PASSWORD","value":"hunter2"}]}]}}
            """
        );
        var sketch = ObjectSketch.Of(pod, "Pod");
        var file = KubernetesEventsFile.Write(new KubernetesRecords([], [sketch]));
        _folder.Write(KubernetesEventsFile.Name, Encoding.UTF8.GetString(file));
        var read = ObservedObject.Read(KubernetesEventsFile.Read(RunFolder.Open(_folder.Root)).Objects.Single())!;
        Assert.Multiple(() =>
        {
            Assert.That(sketch.GetRawText(), Does.Not.Contain("hunter2"));
            Assert.That(read.Key, Is.EqualTo(new ObjectKey("Pod", "fleet", "p")));
            Assert.That((read.Uid, read.Generation, read.UpdatedBy, read.Operation), Is.EqualTo(("u", 3L, "kubectl", "Update")));
            Assert.That(read.Owner, Is.EqualTo(new ObjectKey("ReplicaSet", "fleet", "r")));
            Assert.That(read.AppliedBy, Is.EqualTo(new ObjectKey("Kustomization", "", "fleet")));
        });
    }

    [TestCase("")]
    [TestCase("nonsense")]
    [TestCase("[]")]
    [TestCase("{\"schema\":\"other/1\",\"events\":[{}]}")]
    [TestCase("{\"schema\":\"hwlab.kubernetes-events/1\",\"events\":7}")]
    public void A_file_that_is_something_else_has_no_events(string text)
    {
        _folder.Write(KubernetesEventsFile.Name, text);
        var records = KubernetesEventsFile.Read(RunFolder.Open(_folder.Root));
        Assert.That((records.Events.Count, records.Objects.Count), Is.EqualTo((0, 0)));
    }
}
