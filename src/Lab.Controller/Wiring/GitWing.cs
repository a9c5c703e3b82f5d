using Lab.Controller.Rigs;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.Admission;
using Lab.Services.Cluster;
using Lab.Services.Git;
using Lab.Services.GitOps;

namespace Lab.Controller.Wiring;

/// <summary>What rules a run's cluster: the fleet's repository and the engine that applies it.</summary>
internal sealed class GitWing : IAsyncDisposable
{
    private readonly FleetRepository _repository;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task<IGitOps> _starting;

    private GitWing(FleetRepository repository, string engine, Func<CancellationToken, Task<IGitOps>> start)
    {
        _repository = repository;
        _starting = Task.Run(() => start(_ending.Token));
        All = [repository, new GitOpsWhenReady(engine, _starting)];
        Failed = FailureAsync();
    }

    /// <summary>What stages may ask for.</summary>
    public IReadOnlyList<IService> All { get; }

    /// <summary>Ends with the reason when the engine cannot be started; with null when it could.</summary>
    public Task<LabException?> Failed { get; }

    /// <summary>Starts the repository, and the engine once nodes can join the cluster.</summary>
    /// <exception cref="LabException">The repository cannot be started.</exception>
    public static async Task<GitWing> StartAsync(
        RunSetup setup,
        ClusterWing cluster,
        ClusterParts parts,
        LabFolders folders,
        ProcessOwner owner,
        CancellationToken cancellationToken
    )
    {
        var work = Path.Combine(folders.Rig(setup.Rig.Name), "runs", $"git-{Guid.NewGuid():N}"[..16]);
        owner.OwnPath(work);
        var repository = await FleetRepository.StartAsync(
            new FleetRepositoryOptions(
                setup.Rig.GitOps.FleetFolder ?? DefaultFleet(folders),
                Path.Combine(work, "repository"),
                Path.Combine(folders.Rig(setup.Rig.Name), "fleet-key"),
                owner,
                setup.Time
            )
            {
                Images = parts.Images.ToDictionary(
                    image => $"{AdmissionOptions.RegistryName}/{image.Repository}:{image.Tag}",
                    image => image.ComputeDigest(),
                    StringComparer.Ordinal
                ),
            },
            cancellationToken
        );
        var fleet = new FleetSource(repository.Url, repository.Branch, repository.PublicKey);
        return new GitWing(
            repository,
            setup.Rig.GitOps.Engine,
            async token =>
            {
                await cluster.WaitUntilOpenAsync(token);
                var engine = await StartEngineAsync(setup, cluster.Cluster, parts.Kustomize, work, fleet, token);
                repository.OnPush = engine is EmbeddedGitOps embedded ? embedded.Notify : null;
                return engine;
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Failed;
        if (_starting.IsCompletedSuccessfully)
        {
            var engine = await _starting;
            if (engine is IAsyncDisposable embedded)
            {
                await embedded.DisposeAsync();
            }

            (engine as IDisposable)?.Dispose();
        }

        await _repository.DisposeAsync();
        _ending.Dispose();
    }

    private async Task<LabException?> FailureAsync()
    {
        try
        {
            await _starting;
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (LabException exception)
        {
            return exception;
        }
    }

    private static string DefaultFleet(LabFolders folders) =>
        Path.Combine(LabInstallation.FromEnvironment(folders).Repository, "rigs", "fleet");

    private static async Task<IGitOps> StartEngineAsync(
        RunSetup setup,
        RunCluster cluster,
        string kustomize,
        string work,
        FleetSource fleet,
        CancellationToken cancellationToken
    ) =>
        setup.Rig.GitOps.Engine == RigGitOps.Embedded
            ? await EmbeddedGitOps.StartAsync(
                new EmbeddedGitOpsOptions(
                    cluster.CreateClientConfiguration(),
                    Path.Combine(work, "gitops"),
                    kustomize,
                    setup.Time
                )
                {
                    Fleet = fleet,
                    OnTrouble = line => setup.Log.Warning("GitOps: {Trouble}", line),
                },
                cancellationToken
            )
            : await FluxGitOps.OpenAsync(cluster.CreateClientConfiguration(), fleet, setup.Time, cancellationToken);
}
