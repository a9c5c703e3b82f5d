using System.Net.Sockets;
using System.Security.Cryptography;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tpm;

/// <summary>Protecting sessions, policies, sealing, certification and lockout, on a real software TPM.</summary>
[Category("RealTpm")]
internal sealed class TpmSessionTests
{
    private static readonly byte[] Secret = "a secret for one TPM only"u8.ToArray();
    private static readonly PcrSelection Pcr23 = PcrSelection.Of(TpmAlgorithm.Sha256, 23);
    private SoftwareTpm board = null!;

    [OneTimeSetUp]
    public void StartTpm() => board = SoftwareTpm.Start();

    [OneTimeTearDown]
    public void StopTpm() => board?.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public void What_is_sealed_and_unsealed_in_a_protected_session_is_heard_by_nobody(bool rsa)
    {
        using var wire = Listen();
        using var tpm = new Tpm2(wire);
        using var salt = tpm.CreatePrimary(TpmHandle.Endorsement, rsa ? TpmTemplates.EkRsa2048 : TpmTemplates.EkEccP256);
        using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
        using var session = tpm.StartHmacSession(salt);
        var policy = new TpmPolicyDigest().Pcr(Pcr23, tpm.ReadPcrs(Pcr23)).Value;
        var blob = tpm.Create(parent, TpmTemplates.Sealed(policy), Secret, session);
        using var loaded = tpm.Load(parent, blob);
        for (var again = 0; again < 3; again++)
        {
            using var proof = tpm.StartPolicySession();
            tpm.PolicyPcr(proof, Pcr23);
            Assert.That(tpm.Unseal(loaded, proof, session), Is.EqualTo(Secret));
        }

        Assert.That(tpm.GetRandom(32, session).Distinct().Count(), Is.GreaterThan(10));
        Assert.That(wire.Heard(Secret), Is.False);
        using var plain = tpm.StartPolicySession();
        tpm.PolicyPcr(plain, Pcr23);
        Assert.That(tpm.Unseal(loaded, plain), Is.EqualTo(Secret));
        Assert.That(wire.Heard(Secret), Is.True, "without protection");
    }

    [Test]
    public void A_password_is_proven_and_never_sent()
    {
        var password = RandomNumberGenerator.GetBytes(20);
        password[^1] = 0;
        using var wire = Listen();
        using var tpm = new Tpm2(wire);
        using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
        using var session = tpm.StartHmacSession(parent);
        using var loaded = tpm.Load(parent, tpm.Create(parent, TpmTemplates.SealedWithPassword, Secret, session, password));
        Assert.That(tpm.Unseal(loaded, password, session), Is.EqualTo(Secret));
        Assert.That(wire.Heard(password[..^1]), Is.False);
        var before = tpm.GetLockout();
        var refusal = Assert.Throws<TpmException>(() => tpm.Unseal(loaded, "guessed"u8.ToArray(), session))!;
        Assert.Multiple(() =>
        {
            Assert.That(refusal.Code.Name, Is.EqualTo("TPM_RC_AUTH_FAIL"));
            Assert.That(tpm.GetLockout().Failures, Is.EqualTo(before.Failures + 1));
        });
        tpm.ResetLockout();
        Assert.That(tpm.GetLockout().Failures, Is.Zero);
    }

    [Test]
    public void Too_many_guesses_end_in_lockout_until_it_is_reset()
    {
        using var tpm = board.Open();
        var before = tpm.GetLockout();
        using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
        using var session = tpm.StartHmacSession(parent);
        using var loaded = tpm.Load(parent, tpm.Create(parent, TpmTemplates.SealedWithPassword, Secret, session, "right"u8));
        tpm.SetLockout(2, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        for (var guess = 0; guess < 2; guess++)
        {
            Assert.Throws<TpmException>(() => tpm.Unseal(loaded, "wrong"u8.ToArray(), session));
        }

        var locked = tpm.GetLockout();
        var refusal = Assert.Throws<TpmException>(() => tpm.Unseal(loaded, "right"u8.ToArray(), session))!;
        Assert.Multiple(() =>
        {
            Assert.That(locked, Is.EqualTo(new TpmLockout(true, 2, 2, TimeSpan.FromHours(1), TimeSpan.FromHours(1))));
            Assert.That(refusal.Code.Name, Is.EqualTo("TPM_RC_LOCKOUT"));
            Assert.That(refusal.Message, Does.Contain("lockout"));
        });
        tpm.ResetLockout();
        tpm.SetLockout(before.MaxFailures, before.Interval, before.Recovery);
        Assert.That(tpm.Unseal(loaded, "right"u8.ToArray(), session), Is.EqualTo(Secret));
    }

    [Test]
    public void A_command_or_a_response_that_was_changed_on_the_way_is_noticed()
    {
        using var wire = Listen();
        using var tpm = new Tpm2(wire);
        using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
        using var session = tpm.StartHmacSession(parent);
        var last = 0;
        wire.AlterCommand = command => Flip(command, command.Length - 1);
        var refusal = Assert.Throws<TpmException>(() => tpm.GetRandom(16, session))!;
        Assert.That(refusal.Code.Name, Is.EqualTo("TPM_RC_AUTH_FAIL").Or.EqualTo("TPM_RC_BAD_AUTH"));
        wire.AlterCommand = null;
        wire.AlterResponse = response =>
        {
            last = response.Length;
            return response;
        };
        tpm.GetRandom(16, session);

        // Behind the header and the parameters' size: every byte of the parameter, the nonce, the attributes and the HMAC counts.
        for (var at = 16; at < last; at += 7)
        {
            using var another = tpm.StartHmacSession(parent);
            wire.AlterResponse = response => Flip(response, at);
            Assert.That(() => tpm.GetRandom(16, another), Throws.InstanceOf<TpmFormatException>(), $"byte {at} of {last}");
            wire.AlterResponse = null;
        }
    }

    [Test]
    public void Policies_computed_without_a_TPM_are_the_TPMs()
    {
        using var tpm = board.Open();
        using var ak = tpm.CreateAk();
        var selection = PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8, 23);
        var values = tpm.ReadPcrs(selection);
        var branches = new[] { new byte[32], new TpmPolicyDigest().Pcr(selection, values).Value };
        using var trial = tpm.StartPolicySession(trial: true);
        tpm.PolicyPcr(trial, selection);
        Assert.That(tpm.PolicyGetDigest(trial), Is.EqualTo(branches[1]));
        tpm.PolicyOr(trial, branches);
        Assert.That(tpm.PolicyGetDigest(trial), Is.EqualTo(new TpmPolicyDigest().Or(branches).Value));
        tpm.PolicySecret(trial, TpmHandle.Endorsement);
        tpm.PolicyCommandCode(trial, TpmCommandCode.Unseal);
        var whole = new TpmPolicyDigest().Or(branches).Secret(TpmPolicyDigest.NameOf(TpmHandle.Endorsement));
        Assert.That(tpm.PolicyGetDigest(trial), Is.EqualTo(whole.CommandCode(TpmCommandCode.Unseal).Value));
        Assert.That(
            new TpmPolicyDigest().Secret(TpmPolicyDigest.NameOf(TpmHandle.Endorsement)).Value,
            Is.EqualTo(TpmTemplates.EkPolicySha256.ToArray())
        );
        Assert.That(() => new TpmPolicyDigest().Or([new byte[32]]), Throws.ArgumentException);
        Assert.That(() => new TpmPolicyDigest().Or([new byte[32], new byte[20]]), Throws.ArgumentException);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void What_is_sealed_to_a_key_opens_for_every_policy_that_the_key_signed_and_no_other(bool rsa)
    {
        using var signer = new PolicyKey(rsa);
        using var tpm = board.Open();
        using var key = tpm.LoadExternal(signer.Public);
        var sealedTo = new TpmPolicyDigest().Authorize(key.Name).Value;
        using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
        using var loaded = tpm.Load(parent, tpm.Create(parent, TpmTemplates.Sealed(sealedTo), Secret));
        tpm.ResetPcr(23);
        foreach (var kernel in new[] { "kernel 1", "kernel 2" })
        {
            var approved = new TpmPolicyDigest().Pcr(Pcr23, tpm.ReadPcrs(Pcr23)).Value;
            using var session = tpm.StartPolicySession();
            tpm.PolicyPcr(session, Pcr23);
            tpm.PolicyAuthorize(session, key, approved, [], signer.Sign(approved));
            Assert.That(tpm.PolicyGetDigest(session), Is.EqualTo(sealedTo));
            Assert.That(tpm.Unseal(loaded, session), Is.EqualTo(Secret), kernel);
            tpm.ExtendPcr(23, TpmAlgorithm.Sha256, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(kernel)));
        }

        var old = new TpmPolicyDigest().Value;
        using var stale = tpm.StartPolicySession();
        tpm.PolicyPcr(stale, Pcr23);
        var other = Assert.Throws<TpmException>(() => tpm.PolicyAuthorize(stale, key, old, [], signer.Sign(old)))!;
        Assert.That(other.Code.Name, Is.EqualTo("TPM_RC_VALUE"), "a signed policy that this boot does not satisfy");
        var now = tpm.PolicyGetDigest(stale);
        using var stranger = new PolicyKey(rsa);
        var forged = Assert.Throws<TpmException>(() => tpm.PolicyAuthorize(stale, key, now, [], stranger.Sign(now)))!;
        Assert.That(forged.Code.Name, Is.EqualTo("TPM_RC_SIGNATURE"));
        Assert.That(() => tpm.Unseal(loaded, stale), Throws.InstanceOf<TpmException>(), "without the authorisation");
    }

    [Test]
    public void The_TPM_certifies_that_it_made_a_key()
    {
        using var tpm = board.Open();
        using var ak = tpm.CreateAk();
        using var made = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.SigningEccP256);
        var nonce = RandomNumberGenerator.GetBytes(20);
        var certificate = tpm.CertifyCreation(ak, made, nonce);
        var attest = TpmCreationAttest.Parse(certificate.Attest);
        Assert.Multiple(() =>
        {
            Assert.That(TpmSignature.Parse(certificate.Signature).Verify(ak.Public, certificate.Attest), Is.True);
            Assert.That(attest.ExtraData, Is.EqualTo(nonce));
            Assert.That(attest.ObjectName, Is.EqualTo(made.Name));
            Assert.That(attest.CreationHash, Is.EqualTo(made.Creation!.Hash));
            Assert.That(() => TpmAttest.Parse(certificate.Attest), Throws.InstanceOf<TpmFormatException>(), "not a quote");
        });
        foreach (var bytes in Hostile.Of(certificate.Attest, 300))
        {
            try
            {
                TpmCreationAttest.Parse(bytes);
            }
            catch (TpmFormatException)
            {
                // The one kind of error.
            }
        }

        var forged = new TpmCreation(made.Creation!.Hash, ak.Creation!.Ticket);
        var alien = new TpmObject(tpm, made.Handle, made.Public, made.Name) { Creation = forged };
        Assert.Throws<TpmException>(() => tpm.CertifyCreation(ak, alien, nonce));
    }

    [Test]
    public void A_key_signs_what_came_from_outside_and_the_attestation_key_does_not()
    {
        using var tpm = board.Open();
        using var key = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.SigningEccP256);
        using var ak = tpm.CreateAk();
        Assert.That(tpm.Sign(key, SHA256.HashData(Secret)).Verify(key.Public, Secret), Is.True);
        Assert.Throws<TpmException>(() => tpm.Sign(ak, SHA256.HashData(Secret)));
    }

    [Test]
    public void The_clock_goes_on_and_counts_resets()
    {
        using var own = SoftwareTpm.Start();
        TpmClockInfo first;
        using (var tpm = own.Open())
        {
            first = tpm.ReadClock();
            Assert.That(tpm.ReadClock().Clock, Is.GreaterThanOrEqualTo(first.Clock));
        }

        own.CutPower();
        using var again = own.Open();
        Assert.That(again.ReadClock().ResetCount, Is.EqualTo(first.ResetCount + 1));
    }

    private RecordingTransport Listen() => new(new SwtpmTransport(new UnixDomainSocketEndPoint(board.SocketPath)));

    private static byte[] Flip(byte[] message, int at)
    {
        var changed = message.ToArray();
        changed[at] ^= 1;
        return changed;
    }
}
