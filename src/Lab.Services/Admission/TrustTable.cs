using Lab.Model.Services;
using Lab.Services.Attestation;
using Lab.Trust.Attestation;

namespace Lab.Services.Admission;

/// <summary>
/// Which boards are trusted now. Trust begins with a grant, is renewed by attesting again, and ends: by silence, by evidence that is refused,
/// by a reboot, or by an operator's word. What is not in the table is not trusted.
/// </summary>
/// <param name="options">Interval and grace.</param>
/// <param name="time">The clock.</param>
/// <param name="onEnd">Told once of every end of a trust.</param>
internal sealed class TrustTable(AdmissionOptions options, TimeProvider time, Action<TrustEnd> onEnd) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BoardTrust> _boards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tpms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrustEnd> _revoked = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private bool _disposed;

    public JoinGrant? FindGrant(string board)
    {
        lock (_gate)
            return _boards.GetValueOrDefault(board)?.Grant;
    }

    /// <summary>The id of the token that a board was given last.</summary>
    public string? FindToken(string board)
    {
        lock (_gate)
            return _boards.GetValueOrDefault(board)?.TokenId;
    }

    /// <summary>Whether that node is trusted at this moment.</summary>
    public bool IsTrusted(string node)
    {
        lock (_gate)
            return IsLive(_boards.GetValueOrDefault(node));
    }

    /// <summary>How the trust in a board ended; null when there was none or it lasts.</summary>
    public TrustEnd? FindEnd(string board)
    {
        lock (_gate)
            return _boards.GetValueOrDefault(board)?.End ?? _revoked.GetValueOrDefault(board);
    }

    /// <summary>
    /// Clears the way for a new grant: what the board had before is worth nothing from now on.
    /// </summary>
    /// <returns>What it had before and was still good; null when it had nothing.</returns>
    /// <exception cref="SecretRefusedException">It cannot be granted anything in this run.</exception>
    public BoardTrust? Suspend(AttestedBoard attested)
    {
        lock (_gate)
        {
            if (!options.Nodes.ContainsKey(attested.Name))
                throw new SecretRefusedException("not-a-node", $"'{attested.Name}' is none of the boards that may become nodes");
            if (_revoked.TryGetValue(attested.Name, out var revoked))
                throw new SecretRefusedException(
                    ExpulsionCodes.Revoked,
                    $"the trust in '{attested.Name}' was revoked: {revoked.Detail}"
                );
            if (_tpms.TryGetValue(attested.Name, out var tpm) && tpm != attested.EkFingerprint)
                throw new SecretRefusedException(
                    DenialCodes.EkMismatch,
                    $"'{attested.Name}' attested with another TPM before, and a board keeps its TPM"
                );
            var known = _boards.GetValueOrDefault(attested.Name);
            if (!IsLive(known))
                return null;
            var end = new TrustEnd(
                attested.Name,
                ExpulsionCodes.Rebooted,
                "it attested anew, as after a reboot, and what it was granted before is worth nothing any more",
                time.GetUtcNow()
            );
            return _boards[attested.Name] = known! with { End = end };
        }
    }

    /// <summary>Trust begins, with a token and the key that the quote binds.</summary>
    public void Begin(AttestedBoard attested, BootstrapToken token)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var grant = new JoinGrant(attested.Name, token.Text, attested.NodeKeySha256!, now, now + options.TokenLifetime);
            _tpms[attested.Name] = attested.EkFingerprint;
            _tokens[token.Id] = attested.Name;
            // Until it has a certificate a board can lose nothing but the token, and a join takes long on a slow machine.
            _boards[attested.Name] = new BoardTrust(grant, token.Id, attested.ResetCount, grant.Expires);
            Schedule();
        }
    }

    /// <summary>The board showed that it is still what it was.</summary>
    /// <exception cref="SecretRefusedException">It is not, or there is no trust to renew.</exception>
    public void Renew(AttestedBoard attested)
    {
        TrustEnd ended;
        lock (_gate)
        {
            var known = _boards.GetValueOrDefault(attested.Name);
            if (!IsLive(known) || _tpms.GetValueOrDefault(attested.Name) != attested.EkFingerprint)
                throw new SecretRefusedException(DenialCodes.Session, "there is no trust that could be renewed: attest anew");
            if (known!.ResetCount == attested.ResetCount)
            {
                if (known.Grant.KeySha256 != attested.NodeKeySha256)
                    throw new SecretRefusedException(DenialCodes.NodeKey, "the node's key is not the one that was granted");
                if (known.RequestUid is not null)
                {
                    _boards[attested.Name] = known with { Deadline = time.GetUtcNow() + Patience };
                    Schedule();
                }
                return;
            }
            ended = EndNow(
                known,
                ExpulsionCodes.Rebooted,
                "its TPM was reset since, and it claims the trust of the earlier boot"
            );
        }
        onEnd(ended);
        throw new SecretRefusedException(DenialCodes.Session, $"{ended.Detail}: attest anew");
    }

    /// <summary>A trust ends, if there is one.</summary>
    /// <param name="board">The board.</param>
    /// <param name="code">One of <see cref="ExpulsionCodes"/>; a revoked board stays out for the run.</param>
    /// <param name="detail">For people.</param>
    /// <param name="tpm">When given, only if the trust is in the board with that TPM.</param>
    public void End(string board, string code, string detail, string? tpm = null)
    {
        TrustEnd? ended = null;
        lock (_gate)
        {
            if (tpm is not null && _tpms.GetValueOrDefault(board) != tpm)
                return;
            if (_boards.TryGetValue(board, out var known) && known.End is null)
                ended = EndNow(known, code, detail);
            if (code == ExpulsionCodes.Revoked && !_revoked.ContainsKey(board))
                _revoked[board] = ended ??= new TrustEnd(board, code, detail, time.GetUtcNow());
        }
        if (ended is not null)
            onEnd(ended);
    }

    /// <summary>A signing request comes with a token, for a node and a key. An approval uses up the token; the same request may ask again.</summary>
    /// <returns>One of <see cref="DecisionCodes"/>, and why.</returns>
    public (string Code, string Detail) UseToken(string tokenId, string node, string keySha256, string requestUid)
    {
        lock (_gate)
        {
            if (!_tokens.TryGetValue(tokenId, out var owner))
                return (DecisionCodes.ForeignToken, $"the token {tokenId} was released to no board");
            if (owner != node)
                return (DecisionCodes.ForeignToken, $"the token {tokenId} was released to '{owner}'");
            var known = _boards[owner];
            if (known.TokenId != tokenId)
                return (DecisionCodes.TokenUsed, $"the token {tokenId} is of an earlier attestation");
            if (!IsLive(known))
                return (DecisionCodes.NotAttested, $"the trust in '{owner}' has ended: {known.End?.Detail ?? "silence"}");
            if (known.RequestUid is { } used && used != requestUid)
                return (DecisionCodes.TokenUsed, $"with the token {tokenId} a certificate was signed already");
            if (known.Grant.KeySha256 != keySha256)
                return (
                    DecisionCodes.ForeignKey,
                    $"the key {keySha256} is not the one that the quote binds ({known.Grant.KeySha256})"
                );
            if (known.RequestUid is null)
            {
                _boards[owner] = known with { RequestUid = requestUid, Deadline = time.GetUtcNow() + Patience };
                Schedule();
            }
            return (DecisionCodes.Approved, "attested, with its own token, for its own name and the key that its quote binds");
        }
    }

    /// <summary>A node asks, with the certificate that it has, for another one before that ends.</summary>
    /// <returns>One of <see cref="DecisionCodes"/>, and why.</returns>
    public (string Code, string Detail) RenewCertificate(string node, string keySha256)
    {
        lock (_gate)
        {
            var known = _boards.GetValueOrDefault(node);
            if (!IsLive(known) || known!.RequestUid is null)
                return (DecisionCodes.NotAttested, $"the trust in '{node}' has ended: {known?.End?.Detail ?? "silence"}");
            return known.Grant.KeySha256 == keySha256
                ? (DecisionCodes.Approved, "it attests, and asks for the key that its quotes bind")
                : (
                    DecisionCodes.ForeignKey,
                    $"the key {keySha256} is not the one that its quotes bind ({known.Grant.KeySha256})"
                );
        }
    }

    /// <summary>A node used its certificate.</summary>
    /// <returns>The id of the token that it needs no more, the first time.</returns>
    public string? SeeCertificate(string node)
    {
        lock (_gate)
        {
            if (_boards.GetValueOrDefault(node) is not { RequestUid: not null, HasCertificate: false } known)
                return null;
            _boards[node] = known with { HasCertificate = true };
            return known.TokenId;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private TimeSpan Patience => (options.Interval * 2) + (options.Grace ?? options.Interval);

    private bool IsLive(BoardTrust? trust) => trust is { End: null } && time.GetUtcNow() < trust.Deadline;

    private TrustEnd EndNow(BoardTrust known, string code, string detail)
    {
        var ended = new TrustEnd(known.Grant.Board, code, detail, time.GetUtcNow());
        _boards[ended.Board] = known with { End = ended };
        return ended;
    }

    private void Schedule()
    {
        if (_disposed)
            return;
        var live = _boards.Values.Where(trust => trust.End is null).ToArray();
        if (live.Length == 0)
            return;
        _timer ??= time.CreateTimer(_ => EndTheSilent(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var next = live.Min(trust => trust.Deadline) - time.GetUtcNow();
        _timer.Change(next > TimeSpan.Zero ? next : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void EndTheSilent()
    {
        TrustEnd[] ended;
        lock (_gate)
        {
            ended =
            [
                .. _boards
                    .Values.Where(trust => trust.End is null && !IsLive(trust))
                    .ToArray()
                    .Select(trust => EndNow(trust, ExpulsionCodes.Silence, Describe(trust))),
            ];
            Schedule();
        }
        foreach (var end in ended)
            onEnd(end);
    }

    private string Describe(BoardTrust trust) =>
        trust.RequestUid is null
            ? $"it did not ask for its certificate within {options.TokenLifetime.TotalSeconds:0} s"
            : $"it did not attest again within {Patience.TotalSeconds:0} s";
}
