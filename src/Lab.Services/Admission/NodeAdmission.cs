using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.Attestation;

namespace Lab.Services.Admission;

/// <summary>
/// The gate between attestation and the cluster. It is also where what an attested board is given comes from: a bootstrap token of its own.
/// Start it before the control plane, whose API server asks it about every node, and serve the cluster when that is up.
/// </summary>
public sealed class NodeAdmission : INodeAdmission, ISecretSource, IAsyncDisposable
{
    // kubeadm looks every 5 s; waiting longer than that for the signature gains nothing.
    private static readonly TimeSpan SignaturePatience = TimeSpan.FromSeconds(5);

    private readonly AdmissionOptions _options;
    private readonly TimeProvider _time;
    private readonly TrustTable _trust;
    private readonly DecisionLog _decisions;
    private readonly ExpulsionLog _expulsions;
    private readonly AdmissionJournal _journal;
    private readonly ClusterErrands _errands;
    private readonly Dictionary<string, SemaphoreSlim> _grants;
    private AuthorizerHost? _authorizer;
    private volatile string? _misstatedAuthority;
    private int _disposed;

    private NodeAdmission(AdmissionOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _trust = new TrustTable(options, time, Expel);
        _decisions = new DecisionLog(time);
        _expulsions = new ExpulsionLog(time);
        _journal = new AdmissionJournal(options.JournalPath, time);
        _errands = new ClusterErrands(time, Fail);
        _grants = options.Nodes.Keys.ToDictionary(node => node, _ => new SemaphoreSlim(1), StringComparer.Ordinal);
        AuthorizerKubeconfigPath = Path.Combine(options.PrivateFolder, "authorizer.kubeconfig");
    }

    /// <inheritdoc/>
    public TimeSpan AttestationInterval => _options.Interval;

    /// <inheritdoc/>
    public bool RequiresNodeKey => true;

    /// <summary>
    /// What the API server is given as <c>--authorization-webhook-config-file</c>, with <c>--authorization-mode=Webhook,Node,RBAC</c> and
    /// <see cref="AuthorizerCache"/> as both TTLs of the webhook's cache.
    /// </summary>
    public string AuthorizerKubeconfigPath { get; }

    /// <summary>How long the API server may keep the authorizer's answers.</summary>
    public TimeSpan AuthorizerCache => _options.AuthorizerCache;

    /// <summary>Starts to answer the API server. Nobody is trusted yet.</summary>
    /// <exception cref="LabException">The authorizer cannot be started.</exception>
    public static async Task<NodeAdmission> StartAsync(
        AdmissionOptions options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var admission = new NodeAdmission(options, time);
        try
        {
            admission._authorizer = await AuthorizerHost.StartAsync(
                options,
                admission.AuthorizerKubeconfigPath,
                admission.Review,
                time,
                cancellationToken
            );
            return admission;
        }
        catch
        {
            await admission.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on boards are admitted to that cluster: its API answers.</summary>
    public void Serve(AdmissionCluster cluster)
    {
        _errands.Open(cluster);
        var gate = new CertificateGate(new CertificateJudge(_trust), _decisions, _journal, _time, OnDecided);
        _errands.Send("watching signing requests", (one, cancel) => gate.WatchAsync(one.Api, cancel));
    }

    /// <inheritdoc/>
    public JoinGrant? FindGrant(string board) => _trust.FindGrant(board);

    /// <inheritdoc/>
    public int CountDecisions(string nodeName) => _decisions.Count(nodeName);

    /// <inheritdoc/>
    public async Task<CertificateDecision> WaitForDecisionAsync(
        string nodeName,
        int alreadySeen,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await _decisions.WaitAsync(nodeName, alreadySeen, deadline, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new BoardException(
                $"no certificate was asked for node {nodeName} within {deadline.TotalSeconds:0} s",
                nodeName,
                "the end of console.log shows how far the join came",
                exception
            );
        }
    }

    /// <inheritdoc/>
    public async Task<NodeExpulsion> WaitForExpulsionAsync(string board, TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await _expulsions.WaitAsync(() => _trust.FindEnd(board), deadline, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new BoardException(
                _trust.FindEnd(board) is { } end
                    ? $"the trust ended ({end.Code}), but the node was not put out within {deadline.TotalSeconds:0} s"
                    : $"the node is still trusted after {deadline.TotalSeconds:0} s",
                board,
                "services/admission.jsonl shows what was decided",
                exception
            );
        }
    }

    /// <inheritdoc/>
    public Task RevokeAsync(string board, string reason, CancellationToken cancellationToken)
    {
        _trust.End(board, ExpulsionCodes.Revoked, reason);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void MisstateAuthority(string caCertHash) => _misstatedAuthority = caCertHash;

    /// <inheritdoc/>
    public async Task<CertificateDecision> TryToJoinAsync(
        string token,
        string nodeName,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        var cluster = await _errands.Cluster.WaitAsync(cancellationToken);
        try
        {
            var uid = await TokenThief.AskAsync(cluster, token, nodeName, cancellationToken);
            return uid is null
                ? new CertificateDecision(
                    nodeName,
                    Approved: false,
                    DecisionCodes.Unauthorized,
                    "the API server does not know the token",
                    _time.GetUtcNow()
                )
                : await _decisions.WaitForRequestAsync(uid, deadline, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException || ApiFailures.IsPassing(exception, cancellationToken))
        {
            throw new LabException(
                $"the thief's request was not decided: {exception.Message}",
                "node admission",
                inner: exception
            );
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]> ReleaseAsync(AttestedBoard attested, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attested);
        if (attested.NodeKeySha256 is null)
            throw new SecretRefusedException("node-key", "a node is admitted only with the key that its quote binds");
        if (attested.IsRenewal)
        {
            _trust.Renew(attested);
            return JoinSecret.ForRenewal(attested.Name, _options);
        }
        if (!_grants.TryGetValue(attested.Name, out var one))
            throw new SecretRefusedException("not-a-node", $"'{attested.Name}' is none of the boards that may become nodes");
        await one.WaitAsync(cancellationToken);
        try
        {
            return await GrantAsync(attested, cancellationToken);
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public void Refused(RefusedBoard refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        _trust.End(refused.Name, ExpulsionCodes.Denied, $"{refused.Code}: {refused.Detail}", refused.EkFingerprint);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _trust.Dispose();
        await _errands.DisposeAsync();
        if (_authorizer is not null)
            await _authorizer.DisposeAsync();
        foreach (var one in _grants.Values)
            one.Dispose();
        File.Delete(AuthorizerKubeconfigPath);
    }

    private async Task<byte[]> GrantAsync(AttestedBoard attested, CancellationToken cancellationToken)
    {
        var earlier = _trust.FindToken(attested.Name);
        var suspended = _trust.Suspend(attested);
        using var late = new CancellationTokenSource(_options.WaitForCluster, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var cluster = await _errands.Cluster.WaitAsync(either.Token);
            var forgetting = ForgetAsync(cluster, attested.Name, earlier, either.Token);
            var token = await TokenStore.CreateAsync(
                cluster.Api,
                attested.Name,
                _time.GetUtcNow() + _options.TokenLifetime,
                either.Token
            );
            await WaitUntilSignedAsync(cluster, token, either.Token);
            await forgetting;
            _trust.Begin(attested, token);
            _journal.Note("granted", attested.Name, token.Id, $"for the key {attested.NodeKeySha256}");
            return JoinSecret.ForJoin(
                attested.Name,
                token,
                cluster,
                _misstatedAuthority ?? cluster.AuthorityHash,
                _options,
                _time.GetUtcNow()
            );
        }
        catch (Exception exception)
        {
            // What it had is gone, and it got nothing: the node must not stay as if it were trusted.
            if (suspended?.End is { } end)
                Expel(end);
            if (!cancellationToken.IsCancellationRequested && IsUnavailable(exception, either.Token))
                throw new LabException(
                    $"the cluster cannot admit '{attested.Name}' now: {exception.Message}",
                    "node admission",
                    inner: exception
                );
            throw;
        }
    }

    private static bool IsUnavailable(Exception exception, CancellationToken given) =>
        exception is OperationCanceledException || ApiFailures.IsPassing(exception, given);

    private static async Task ForgetAsync(
        AdmissionCluster cluster,
        string board,
        string? token,
        CancellationToken cancellationToken
    )
    {
        await NodeEvictor.ForgetAsync(cluster.Api, board, cancellationToken);
        if (token is not null)
            await TokenStore.DeleteAsync(cluster.Api, token, cancellationToken);
    }

    private async Task WaitUntilSignedAsync(AdmissionCluster cluster, BootstrapToken token, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(SignaturePatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await TokenStore.WaitUntilSignedAsync(cluster.Api, token.Id, either.Token);
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested && ApiFailures.IsPassing(exception, cancellationToken))
        {
            // kubeadm looks itself, only later.
        }
    }

    private byte[] Review(ReadOnlyMemory<byte> review) => AccessReview.Answer(review, _trust.IsTrusted, OnNodeSeen);

    private void OnNodeSeen(string node)
    {
        // The kubelet has its certificate, so it needs the token no more.
        if (_trust.SeeCertificate(node) is { } token)
            DeleteToken(node, token);
    }

    private void OnDecided(SigningRequest request, JudgedRequest judged)
    {
        if (!judged.IsApproved || BootstrapToken.FindIdOf(request.User) is not { } token)
            return;
        _errands.Send(
            "deleting a used token",
            async (_, cancellationToken) =>
            {
                await Task.Delay(_options.TokenAfterApproval, _time, cancellationToken);
                DeleteToken(judged.NodeName, token);
            }
        );
    }

    private void DeleteToken(string board, string token) =>
        _errands.Send(
            "deleting a used token",
            async (cluster, cancellationToken) =>
            {
                if (await TokenStore.DeleteAsync(cluster.Api, token, cancellationToken))
                    _journal.Note("token-deleted", board, token, "its certificate was issued");
            }
        );

    private void Expel(TrustEnd end)
    {
        _journal.Note("untrusted", end.Board, end.Code, end.Detail);
        var token = _trust.FindToken(end.Board);
        _errands.Send($"putting out node {end.Board}", (cluster, cancel) => ExpelAsync(cluster, end, token, cancel));
    }

    private async Task ExpelAsync(AdmissionCluster cluster, TrustEnd end, string? token, CancellationToken cancellationToken)
    {
        var one = _grants.GetValueOrDefault(end.Board);
        if (one is not null)
            await one.WaitAsync(cancellationToken);
        try
        {
            // A board that was granted anew meanwhile is in good standing: its old node is forgotten already.
            if (_trust.FindEnd(end.Board) == end)
                await PutOutAsync(cluster, end, token, cancellationToken);
        }
        finally
        {
            one?.Release();
        }
    }

    private async Task PutOutAsync(AdmissionCluster cluster, TrustEnd end, string? token, CancellationToken cancellationToken)
    {
        if (token is not null)
            await TokenStore.DeleteAsync(cluster.Api, token, cancellationToken);
        var done = await NodeEvictor.ExpelAsync(cluster.Api, end.Board, cancellationToken);
        var refused = await NodeEvictor.IsRefusedAsync(cluster.Api, end.Board, cancellationToken);
        // What the API server remembers of the authorizer's earlier answers.
        var remembered = end.At + _options.AuthorizerCache - _time.GetUtcNow();
        if (remembered > TimeSpan.Zero)
            await Task.Delay(remembered, _time, cancellationToken);
        var certificate = refused
            ? "every request of it is refused"
            : "the API server does not ask the lab: its certificate is good until it expires";
        var expulsion = new NodeExpulsion(end.Board, end.Code, $"{end.Detail}; {done}; {certificate}", end.At, _time.GetUtcNow());
        await NodeEventWriter.TellExpulsionAsync(cluster.Api, end.Board, end.Code, expulsion.Detail, end.At, cancellationToken);
        _journal.Note("expelled", end.Board, end.Code, expulsion.Detail);
        _expulsions.Add(end, expulsion);
    }

    private void Fail(LabException fault)
    {
        _journal.Note("fault", "", "lab-error", fault.Message);
        _decisions.Fail(fault);
        _expulsions.Fail(fault);
    }
}
