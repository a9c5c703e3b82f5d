using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Lab.Trust.Attestation;

namespace Lab.Services.Attestation;

/// <summary>The sessions: bounded, expiring, and each step taken out before it is looked at, so that none can be tried twice.</summary>
internal sealed class SessionTable(AttestationLimits limits, TimeProvider time)
{
    private const int IdBytes = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, AttestationSession> _sessions = new(StringComparer.Ordinal);

    public AttestationSession Enrol(
        string board,
        EndorsedIdentity identity,
        IdentityEvidence shown,
        IReadOnlyList<Claim> claims,
        byte[] expected
    )
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var late in _sessions.Values.Where(session => session.ExpiresAt <= now).ToArray())
                _sessions.Remove(late.Id);
            if (_sessions.Count >= limits.Sessions)
                throw DenialException.TooMany($"{limits.Sessions} sessions are open");
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
            var session = new AttestationSession(id, board, identity, shown, claims, expected, Nonce: null, now + limits.Step);
            _sessions.Add(id, session);
            return session;
        }
    }

    /// <summary>Takes an enrolled session out, for its activation.</summary>
    public AttestationSession TakeEnrolled(string id) => Take(id, session => session.Expected is not null, "activation");

    /// <summary>
    /// Puts a session back with its nonce: AK and EK are proven to be in one TPM. From now on this is the EK's only attestation key;
    /// sessions of an earlier one end.
    /// </summary>
    public AttestationSession Activate(AttestationSession session, byte[] nonce)
    {
        lock (_gate)
        {
            var activated = session with { Expected = null, Nonce = nonce, ExpiresAt = time.GetUtcNow() + limits.Step };
            foreach (var other in _sessions.Values.Where(other => IsOutlived(other, session.Identity)).ToArray())
                _sessions.Remove(other.Id);
            _sessions.Add(activated.Id, activated);
            return activated;
        }
    }

    /// <summary>Takes an activated session out, for its appraisal: the nonce is used up whatever comes of it.</summary>
    public AttestationSession TakeActivated(string id) => Take(id, session => session.Nonce is not null, "appraisal");

    /// <summary>Looks at a session without taking it.</summary>
    public bool TryPeek(string id, [NotNullWhen(true)] out AttestationSession? session)
    {
        lock (_gate)
            return _sessions.TryGetValue(id, out session);
    }

    // Only who can activate has shown to hold the EK: enrolling with somebody's public certificate ends nothing.
    private static bool IsOutlived(AttestationSession other, EndorsedIdentity identity) =>
        other.Nonce is not null
        && other.Identity.EkFingerprint == identity.EkFingerprint
        && !other.Identity.AkName.AsSpan().SequenceEqual(identity.AkName);

    private AttestationSession Take(string id, Func<AttestationSession, bool> isReady, string step)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var session) || !isReady(session))
                throw DenialException.Session($"no session awaits its {step} under this id: unknown, used up, or another step's");
            _sessions.Remove(id);
            if (session.ExpiresAt <= time.GetUtcNow())
                throw DenialException.Session($"the session has expired before its {step}");
            return session;
        }
    }
}
