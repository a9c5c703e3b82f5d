using System.Text.Json;
using Lab.Controller.Runs;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;
using Lab.Scenarios.EdgeNode;
using Lab.Scenarios.Progress;
using Lab.Services.Registry;

namespace Lab.EndToEnd.Tests;

/// <summary>
/// What may go wrong while a board joins and works, one after the other in one life of a board: power, control plane, registry, and the end of
/// its certificate. Each ends in recovery, or in a clear verdict.
/// </summary>
internal sealed class JoinFaults : IScenario
{
    public const string WrongClock = "clock-years-behind";
    public const string PowerCut = "power-cut-in-join";
    public const string Return = "return";
    public const string ControlPlaneInJoin = "control-plane-killed-in-join";
    public const string RegistryGone = "registry-gone-in-pull";
    public const string ControlPlaneInSync = "control-plane-killed-in-sync";
    public const string Renewal = "certificate-renewal";

    private const string PodsPath = $"/api/v1/namespaces/{FleetCluster.Namespace}/pods";
    private const string ImageRepository = "fleet/hello";
    private const string ImageTag = "1";

    private readonly EdgeNodeScenario _scenario = new();
    private JoinGrant? _first;
    private long _secondBoot;

    /// <summary>The names of the stages with a fault in them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [WrongClock, PowerCut, Return, ControlPlaneInJoin, RegistryGone, ControlPlaneInSync, Renewal];

    public string Name => _scenario.Name;

    public string Summary => _scenario.Summary;

    public IReadOnlyList<Type> RequiredFacets => _scenario.RequiredFacets;

    public IReadOnlyList<StageOutline> Outline => _scenario.Outline;

    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var boot = new Boot(context);
        var honest = EdgeNodeScenario.Plan(context, boot).TakeWhile(stage => stage.Name != StageNames.ClusterJoin).ToArray();
        return
        [
            .. honest,
            new Stage(WrongClock, token => SeeClockAsync(context, token)),
            new Stage(PowerCut, token => CutPowerAsync(context, boot, token)),
            new Stage(
                Return,
                async token =>
                {
                    foreach (var stage in honest)
                        await stage.RunAsync(token);
                    await RefuseOldTokenAsync(context, boot, token);
                }
            ),
            new Stage(ControlPlaneInJoin, token => KillInJoinAsync(context, boot, token)),
            new Stage(RegistryGone, token => LoseRegistryAsync(context, token)),
            new Stage(ControlPlaneInSync, token => KillInSyncAsync(context, boot, token)),
            new Stage(Renewal, token => OutliveCertificateAsync(context, token)),
        ];
    }

    /// <summary>The rig's board has a hardware clock that is years behind: it came so far all the same.</summary>
    private static async Task SeeClockAsync(RunContext context, CancellationToken cancellationToken)
    {
        var progress = new ProgressReader(context.Board.Require<IConsole>(), 0);
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var told = default(ProgressEvent); told?.Is("node", "attested") is not true; )
        {
            told = await progress.NextAsync(context.Deadlines.Of(10), cancellationToken);
            if (told.Name == "clock")
                sources[told.Stage] = told["source"];
        }
        context.Recorder.Check(
            "LinuxBoot does not believe the hardware clock, and asks",
            sources.GetValueOrDefault("linuxboot") == "http-date",
            sources.GetValueOrDefault("linuxboot") ?? "it set none"
        );
        context.Recorder.Check(
            "the node is handed the right time",
            sources.GetValueOrDefault("node") == "handover",
            sources.GetValueOrDefault("node") ?? "it set none"
        );
    }

    private async Task CutPowerAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var admission = context.Services.Require<INodeAdmission>();
        var position = context.Board.Require<IConsole>().Position;
        var joining = new ClusterJoinStage(context, boot).RunAsync(cancellationToken);
        // Its certificate is on the way: token, signing request and maybe the node are there.
        await admission.WaitForDecisionAsync(context.Board.Name, 0, context.Deadlines.Of(240), cancellationToken);
        _first = admission.FindGrant(context.Board.Name);
        await context.Board.Require<IPower>().CutAsync(cancellationToken);

        var error = await CatchAsync(joining);

        var console = context.Board.Require<IConsole>();
        var joined = false;
        try
        {
            await console.ExpectAsync(ConsolePattern.Literal("\"joined\""), position, TimeSpan.Zero, cancellationToken);
            joined = true;
        }
        catch (HwLabException)
        {
            // As it should be.
        }
        context.Recorder.Check("it was cut before it had joined", !joined, "no event joined on the console");
        context.Recorder.Check(
            "the run says that the power was cut, and blames no board for it",
            error is ConsoleClosedException
                && error.Message.Contains("the power was cut", StringComparison.Ordinal)
                && Verdicts.Of(error) == Verdict.LabError,
            error?.Message ?? "it passed"
        );
    }

    private async Task RefuseOldTokenAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var admission = context.Services.Require<INodeAdmission>();
        var again = await admission.TryToJoinAsync(
            _first!.Token,
            context.Board.Name,
            context.Deadlines.Of(60),
            cancellationToken
        );
        // One that the API server still knows is decided on in the board's name.
        boot.SkipDecisions(again.Code == "unauthorized" ? 0 : 1);
        context.Recorder.Check(
            "the token of the first boot opens nothing",
            again is { Approved: false, Code: "token-used" or "unauthorized" },
            $"{again.Code}: {again.Detail}"
        );
        context.Recorder.Check(
            "the second boot has another token and another key",
            admission.FindGrant(context.Board.Name) is { } grant
                && grant.Token != _first.Token
                && grant.KeySha256 != _first.KeySha256,
            "both are of this boot"
        );
    }

    private async Task KillInJoinAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var cluster = context.Services.Require<ICluster>();
        _secondBoot = context.Board.Require<IConsole>().Position;
        var joining = new ClusterJoinStage(context, boot).RunAsync(cancellationToken);
        await cluster.RestartAsync("etcd", cancellationToken);
        await cluster.RestartAsync("kube-apiserver", cancellationToken);
        context.Recorder.Check(
            "etcd and API server were killed before the node had joined",
            !joining.IsCompleted,
            "both were started again"
        );
        await joining;
    }

    private static async Task LoseRegistryAsync(RunContext context, CancellationToken cancellationToken)
    {
        var registry = (RunRegistry)context.Services.Require<IRegistry>();
        var layer = await FindLayerAsync(registry, cancellationToken);
        registry.Cut(ImageRepository, layer, 1000);
        var syncing = new GitOpsSyncStage(context).SyncAsync(cancellationToken);
        var cluster = new FleetCluster(context);
        var failed = await cluster.WaitForPodsAsync(
            pods => ImagePull.FailuresOf(pods).Any(),
            "a pod that cannot have its image",
            context.Deadlines.Of(120),
            cancellationToken
        );
        var pull = ImagePull.FailuresOf(failed).First();
        context.Recorder.Check("the node cannot pull the pod's image", holds: true, $"{pull.Reason}: {pull.Message}");

        var error = await CatchAsync(
            cluster.WaitForPodsAsync(
                pods => pods.Any(KubernetesObject.IsRunningPod),
                "pod runs",
                TimeSpan.FromSeconds(1),
                cancellationToken
            )
        );
        context.Recorder.Check(
            "while the registry is gone, that is the lab's fault",
            error is LabException && error.Message.Contains("registry", StringComparison.Ordinal),
            error?.Message ?? "it ran"
        );

        registry.Restore(ImageRepository, layer);
        await syncing;
        context.Recorder.Check("it runs when the registry is back", holds: true, "the kubelet tried again by itself");
    }

    private static async Task KillInSyncAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var cluster = context.Services.Require<ICluster>();
        var gitOps = context.Services.Require<IGitOps>();
        var repository = context.Services.Require<IFleetRepository>();
        var before = await RunningPodAsync(context, cancellationToken);
        var address = before.Text("status", "podIP");

        var head = await repository.CommitAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                [FleetFiles.Spare] = null,
                [FleetFiles.Kustomization] = await repository.WithoutSpareAsync(cancellationToken),
            },
            "Remove what is not needed",
            signed: true,
            cancellationToken
        );
        var restarting = RestartAllAsync(cluster, cancellationToken);
        var answer = await boot.AskAsync(
            $"busybox wget -q -O - http://{address}:8080/index.html | wc -c | sed 's/^/bytes: /'",
            @"bytes: ([0-9]+)",
            context.Deadlines.Of(60),
            cancellationToken
        );
        context.Recorder.Check("the workload answers while the control plane is killed", answer != "0", $"{answer} bytes");
        await restarting;

        var status = await gitOps.WaitAsync(
            status =>
                status.Ready == "True" && status.AppliedRevision?.EndsWith($"sha1:{head}", StringComparison.Ordinal) == true,
            "the commit is applied",
            context.Deadlines.Of(120),
            cancellationToken
        );
        context.Recorder.Check("the sync recovers", holds: true, $"{status.AppliedRevision}");
        var after = await RunningPodAsync(context, cancellationToken);
        context.Recorder.Check(
            "the workload was not touched",
            after.Text("metadata", "uid") == before.Text("metadata", "uid") && Restarts(after) == Restarts(before),
            $"pod {after.Name()}, {Restarts(after)} restarts"
        );
    }

    private static async Task RestartAllAsync(ICluster cluster, CancellationToken cancellationToken)
    {
        foreach (var component in (string[])["kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler"])
            await cluster.RestartAsync(component, cancellationToken);
    }

    private async Task OutliveCertificateAsync(RunContext context, CancellationToken cancellationToken)
    {
        var progress = new ProgressReader(context.Board.Require<IConsole>(), _secondBoot);
        ProgressEvent? renewed = null;
        // The first renewal comes at half of the certificate's life, the second when the first certificate is about to end.
        for (var count = 0; count < 2; count += renewed.Is("node", "certificate") ? 1 : 0)
            renewed = await progress.NextAsync(context.Deadlines.Of(300), cancellationToken);
        var board = context.Board.Name;
        var lease = $"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases?fieldSelector=metadata.name%3D{board}";
        var after = renewed!.At;
        await context
            .Services.Require<ICluster>()
            .WaitAsync(
                lease,
                leases => leases.Any(one => DateTimeOffset.TryParse(one.Text("spec", "renewTime"), out var told) && told > after),
                "sign of life of the node with its new certificate",
                context.Deadlines.Of(60),
                cancellationToken
            );
        var node = await new FleetCluster(context).WaitForNodeAsync(
            board,
            node => node.Has("Ready") && !node.IsCordoned(),
            $"node {board} is Ready",
            context.Deadlines.Of(60),
            cancellationToken
        );
        context.Recorder.Check(
            "the node outlives its certificate",
            holds: true,
            $"node {node.Name()} is Ready; its certificate now ends at {renewed["expires"]}"
        );
    }

    private static async Task<JsonElement> RunningPodAsync(RunContext context, CancellationToken cancellationToken)
    {
        var pods = await new FleetCluster(context).WaitForPodsAsync(
            pods => pods.Any(KubernetesObject.IsRunningPod),
            "a pod runs",
            context.Deadlines.Of(90),
            cancellationToken
        );
        return pods.First(KubernetesObject.IsRunningPod);
    }

    private static int Restarts(JsonElement pod) =>
        pod.Find("status", "containerStatuses").EnumerateArray().Sum(one => one.GetProperty("restartCount").GetInt32());

    private static async Task<string> FindLayerAsync(RunRegistry registry, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = registry.HostOrigin };
        using var manifest = JsonDocument.Parse(
            await client.GetByteArrayAsync($"/v2/{ImageRepository}/manifests/{ImageTag}", cancellationToken)
        );
        return manifest.RootElement.GetProperty("layers")[0].GetProperty("digest").GetString()!;
    }

    private static async Task<HwLabException?> CatchAsync(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (HwLabException exception)
        {
            return exception;
        }
    }
}
