using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Trust.Attestation;
using Lab.Trust.Tpm;

namespace Lab.Services.Attestation;

/// <summary>
/// Enrolment, activation and appraisal for one run. It releases a secret to a board that has shown everything, encrypted to its TPM, once an
/// appraisal; a board that has it shows again and again that it is still what it was.
/// </summary>
internal sealed partial class AttestationService : IAttestation, IDisposable
{
    private const int SecretBytes = 32;
    private const string NonceClaim = "nonce";
    private const string ReleaseClaim = "release";

    private readonly AttestationOptions _options;
    private readonly TimeProvider _time;
    private readonly SessionTable _sessions;
    private readonly ClockTable _clocks = new();
    private readonly OutcomeLog _outcomes;
    private readonly OutcomeBuilder _builder;
    private readonly EvidenceStore _store;
    private readonly BoardInventory _inventory;
    private volatile Func<EvidenceOnTheWire, CancellationToken, Task<EvidenceOnTheWire>>? _adversary;

    public AttestationService(AttestationOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _sessions = new SessionTable(options.Limits, time);
        _outcomes = new OutcomeLog(options.Limits.Outcomes, time);
        _builder = new OutcomeBuilder(
            options.Reference,
            options.Meanings,
            options.Signer is { } signer ? new StatementWriter(signer, options.Reference, time) : null,
            time
        );
        _store = new EvidenceStore(options.EvidenceFolder, options.Limits.Outcomes);
        _inventory = new BoardInventory(options.Boards);
        ReferenceValues = options.Reference.Pcrs.ToDictionary(pcr => pcr.Key, pcr => Convert.ToHexStringLower(pcr.Value[0]));
    }

    public IReadOnlyDictionary<int, string> ReferenceValues { get; }

    public AttestationLimits Limits => _options.Limits;

    public int Count(string board) => _outcomes.Count(board);

    public Task<AppraisalOutcome> WaitAsync(
        string board,
        int alreadySeen,
        TimeSpan deadline,
        CancellationToken cancellationToken
    ) => _outcomes.WaitAsync(board, alreadySeen, deadline, cancellationToken);

    public void Interpose(Func<EvidenceOnTheWire, CancellationToken, Task<EvidenceOnTheWire>> adversary) =>
        _adversary = adversary;

    /// <exception cref="DenialException">The board is refused.</exception>
    public async Task<EnrolAnswer> EnrolAsync(EnrolRequest request, CancellationToken cancellationToken)
    {
        if (!BoardName().IsMatch(request.Board))
            throw DenialException.Malformed("not a board's name");
        var shown = new IdentityEvidence(request.EkCertificate, request.EkPublic, request.AkPublic);
        var judged = IdentityVerifier.Appraise(shown, _options.Trust, _time.GetUtcNow());
        var denial = judged.Appraisal.Denial ?? _inventory.FindStranger(request);
        if (denial is not null || judged.Identity is not { } identity)
        {
            denial ??= new Denial(DenialCodes.EkUntrusted, "the identity was not established");
            await ConcludeAsync(_builder.Deny(request.Board, "", shown, denial, judged.Appraisal.Claims));
            throw DenialException.Of(denial);
        }
        var expected = RandomNumberGenerator.GetBytes(SecretBytes);
        TpmCredential credential;
        try
        {
            credential = CredentialMaker.Make(identity.Ek, identity.AkName, expected);
        }
        catch (ArgumentException exception)
        {
            throw new DenialException(403, DenialCodes.EkMismatch, exception.Message);
        }
        var session = _sessions.Enrol(request.Board, identity, shown, judged.Appraisal.Claims, expected);
        return new EnrolAnswer(session.Id, credential.CredentialBlob, credential.EncryptedSecret);
    }

    /// <exception cref="DenialException">The board is refused.</exception>
    public async Task<ActivateAnswer> ActivateAsync(ActivateRequest request, CancellationToken cancellationToken)
    {
        var session = _sessions.TakeEnrolled(request.Session);
        if (!CryptographicOperations.FixedTimeEquals(request.Credential, session.Expected))
        {
            var denial = new Denial(DenialCodes.ActivationFailed, "the credential was not opened: AK and EK are not in one TPM");
            await ConcludeAsync(_builder.Deny(session.Board, session.Id, session.Shown, denial, []));
            throw DenialException.Of(denial);
        }
        var nonce = RandomNumberGenerator.GetBytes(SecretBytes);
        _sessions.Activate(session, nonce);
        return new ActivateAnswer(nonce, [.. _options.Reference.Pcrs.Keys], "sha256");
    }

    /// <exception cref="DenialException">The board is refused, or nothing can be released now.</exception>
    public async Task<AppraiseAnswer> AppraiseAsync(AppraiseRequest request, CancellationToken cancellationToken)
    {
        if (request.NodeKey is { Length: not NodeKeyBinding.DigestSize })
            throw DenialException.Malformed($"the digest of a node's key has {NodeKeyBinding.DigestSize} bytes");
        var evidence = await PassAdversaryAsync(request, cancellationToken);
        var session = _sessions.TakeActivated(evidence.Session);
        evidence = evidence with { Nonce = session.Nonce! };
        var quote = new QuoteEvidence(
            evidence.Attest.ToArray(),
            evidence.Signature.ToArray(),
            evidence.EventLog.ToArray(),
            request.PcrValues
        );
        var challenge = new QuoteChallenge(session.Identity.Ak, session.Nonce!, _options.Reference)
        {
            NodeKeySha256 = evidence.NodeKeySha256?.ToArray(),
            RequiresNodeKey = _options.Secret.RequiresNodeKey,
        };
        var appraisal = _clocks.Judge(session.Identity, QuoteVerifier.Appraise(quote, challenge));
        if (!appraisal.IsTrusted)
            TellSource(session, appraisal);
        var secret = default(byte[]);
        try
        {
            (secret, appraisal) = await AskSourceAsync(
                session,
                request.Renew,
                challenge.NodeKeySha256,
                appraisal,
                cancellationToken
            );
            var outcome = _builder.Build(session, evidence, appraisal, quote) with
            {
                SecretSha256 = secret is null ? null : Convert.ToHexStringLower(SHA256.HashData(secret)),
                BoundKeySha256 = appraisal.IsTrusted && challenge.NodeKeySha256 is { } key ? Convert.ToHexStringLower(key) : null,
            };
            await ConcludeAsync(outcome, isRenewal: request.Renew && appraisal.IsTrusted);
            return secret is null ? throw Denied(appraisal) : Release(session.Identity, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public void Dispose() => _store.Dispose();

    /// <summary>From now on that board attests with that TPM only, and a board of which no TPM is known not at all.</summary>
    public void ExpectTpm(string board, ReadOnlyMemory<byte> ekCertificate) => _inventory.Expect(board, ekCertificate);

    private static AppraiseAnswer Release(EndorsedIdentity identity, byte[] secret)
    {
        var released = SecretRelease.Wrap(identity.Ek, identity.AkName, secret);
        return new AppraiseAnswer(released.CredentialBlob, released.EncryptedSecret, released.Ciphertext);
    }

    private static DenialException Denied(Appraisal appraisal) =>
        DenialException.Of(
            appraisal.Denial ?? new Denial(DenialCodes.Limits, "a claim was not checked, and counts as one that does not hold")
        );

    private async Task<(byte[]? Secret, Appraisal Appraisal)> AskSourceAsync(
        AttestationSession session,
        bool isRenewal,
        byte[]? nodeKey,
        Appraisal appraisal,
        CancellationToken cancellationToken
    )
    {
        if (!appraisal.IsTrusted || appraisal.Clock is not { } clock)
            return (null, appraisal);
        var attested = new AttestedBoard(
            session.Board,
            session.Identity.EkFingerprint,
            clock.ResetCount,
            nodeKey is null ? null : Convert.ToHexStringLower(nodeKey),
            isRenewal
        );
        try
        {
            return (await _options.Secret.ReleaseAsync(attested, cancellationToken), appraisal);
        }
        catch (SecretRefusedException refused)
        {
            var claim = new Claim(ReleaseClaim, ClaimVerdict.Fail, refused.Message);
            return (
                null,
                appraisal with
                {
                    Claims = [.. appraisal.Claims, claim],
                    Denial = new Denial(refused.Code, refused.Message),
                }
            );
        }
        catch (LabException fault)
        {
            throw DenialException.Unavailable(fault.Message);
        }
    }

    /// <summary>The source is told of what this TPM itself says now: signed, and about this nonce.</summary>
    private void TellSource(AttestationSession session, Appraisal appraisal)
    {
        var isFresh = appraisal.Claims.Any(claim => claim.Name == NonceClaim && claim.Verdict == ClaimVerdict.Pass);
        if (isFresh && appraisal.Denial is { } denial)
            _options.Secret.Refused(new RefusedBoard(session.Board, session.Identity.EkFingerprint, denial.Code, denial.Detail));
    }

    private async Task<EvidenceOnTheWire> PassAdversaryAsync(AppraiseRequest request, CancellationToken cancellationToken)
    {
        var known = _sessions.TryPeek(request.Session, out var session) ? session.Nonce : null;
        var evidence = new EvidenceOnTheWire(
            request.Session,
            known ?? [],
            [.. _options.Reference.Pcrs.Keys],
            request.Attest,
            request.Signature,
            request.EventLog
        )
        {
            // Typed: a null array converts to a key of no bytes, which is not the absence of a key.
            NodeKeySha256 = request.NodeKey is { } key ? new ReadOnlyMemory<byte>(key) : default(ReadOnlyMemory<byte>?),
        };
        if (_adversary is not { } adversary)
            return evidence;
        try
        {
            return await adversary(evidence, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var fault =
                exception as LabException
                ?? new LabException($"the staged adversary failed: {exception.Message}", "attestation", inner: exception);
            _outcomes.Fail(fault);
            throw fault;
        }
    }

    // Not cancelled when the board hangs up: what was judged is recorded.
    private async Task ConcludeAsync(AppraisalOutcome outcome, bool isRenewal = false)
    {
        try
        {
            await _store.KeepAsync(outcome, isRenewal, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var fault = new LabException(
                $"evidence cannot be kept: {exception.Message}",
                _options.EvidenceFolder,
                "see that the run's folder can be written and has room",
                exception
            );
            _outcomes.Fail(fault);
            throw fault;
        }
        // A board that only shows again that it is what it was is no news: who waits, waits for a boot or a refusal.
        if (!isRenewal)
            _outcomes.Add(outcome);
    }

    [GeneratedRegex(
        @"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex BoardName();
}
