using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Trust.Attestation;
using Lab.Trust.Tpm;

namespace Lab.Services.Attestation;

/// <summary>
/// Enrolment, activation and appraisal for one run. It releases the run's secret to a board that has shown everything, encrypted to its TPM,
/// once an appraisal.
/// </summary>
internal sealed partial class AttestationService : IAttestation
{
    private const int SecretBytes = 32;

    private readonly AttestationOptions _options;
    private readonly TimeProvider _time;
    private readonly SessionTable _sessions;
    private readonly ClockTable _clocks = new();
    private readonly OutcomeLog _outcomes;
    private readonly OutcomeBuilder _builder;
    private readonly EvidenceStore _store;
    private volatile Func<EvidenceOnTheWire, CancellationToken, Task<EvidenceOnTheWire>>? _adversary;

    public AttestationService(AttestationOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _sessions = new SessionTable(options.Limits, time);
        _outcomes = new OutcomeLog(options.Limits.Outcomes, time);
        _builder = new OutcomeBuilder(options.Reference, options.Meanings, time);
        _store = new EvidenceStore(options.EvidenceFolder, options.Limits.Outcomes);
        SecretSha256 = Convert.ToHexStringLower(SHA256.HashData(options.Secret.Span));
        ReferenceValues = options.Reference.Pcrs.ToDictionary(pcr => pcr.Key, pcr => Convert.ToHexStringLower(pcr.Value[0]));
    }

    public string SecretSha256 { get; }

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
        var denial = judged.Appraisal.Denial ?? FindStranger(request);
        if (denial is not null || judged.Identity is not { } identity)
        {
            denial ??= new Denial(DenialCodes.EkUntrusted, "the identity was not established");
            await ConcludeAsync(shown, _builder.Deny(request.Board, "", denial, judged.Appraisal.Claims));
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
            await ConcludeAsync(session.Shown, _builder.Deny(session.Board, session.Id, denial, []));
            throw DenialException.Of(denial);
        }
        var nonce = RandomNumberGenerator.GetBytes(SecretBytes);
        _sessions.Activate(session, nonce);
        return new ActivateAnswer(nonce, [.. _options.Reference.Pcrs.Keys], "sha256");
    }

    /// <exception cref="DenialException">The board is refused.</exception>
    public async Task<AppraiseAnswer> AppraiseAsync(AppraiseRequest request, CancellationToken cancellationToken)
    {
        var evidence = await PassAdversaryAsync(request, cancellationToken);
        var session = _sessions.TakeActivated(evidence.Session);
        var quote = new QuoteEvidence(
            evidence.Attest.ToArray(),
            evidence.Signature.ToArray(),
            evidence.EventLog.ToArray(),
            request.PcrValues
        );
        var challenge = new QuoteChallenge(session.Identity.Ak, session.Nonce!, _options.Reference);
        var appraisal = _clocks.Judge(session.Identity, QuoteVerifier.Appraise(quote, challenge));
        var answer = appraisal.IsTrusted ? Release(session.Identity) : null;
        await ConcludeAsync(session.Shown, _builder.Build(session, evidence with { Nonce = session.Nonce! }, appraisal, quote));
        return answer
            ?? throw DenialException.Of(
                appraisal.Denial
                    ?? new Denial(DenialCodes.Limits, "a claim was not checked, and counts as one that does not hold")
            );
    }

    private AppraiseAnswer Release(EndorsedIdentity identity)
    {
        var released = SecretRelease.Wrap(identity.Ek, identity.AkName, _options.Secret.Span);
        return new AppraiseAnswer(released.CredentialBlob, released.EncryptedSecret, released.Ciphertext);
    }

    // One certificate, one board: a TPM of the rig that answers for another board is refused.
    private Denial? FindStranger(EnrolRequest request)
    {
        if (_options.Boards is not { } boards)
            return null;
        if (!boards.TryGetValue(request.Board, out var certificate))
            return new Denial(DenialCodes.EkMismatch, $"the rig has no board '{request.Board}'");
        return certificate.Span.SequenceEqual(request.EkCertificate)
            ? null
            : new Denial(DenialCodes.EkMismatch, $"this is not the TPM of board '{request.Board}'");
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
        );
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
    private async Task ConcludeAsync(IdentityEvidence shown, AppraisalOutcome outcome)
    {
        try
        {
            await _store.KeepAsync(shown, outcome, CancellationToken.None);
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
        _outcomes.Add(outcome);
    }

    [GeneratedRegex(
        @"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex BoardName();
}
