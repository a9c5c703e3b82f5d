using System.Security.Cryptography;
using Lab.Services.Admission;
using Lab.Services.Attestation;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Services.Tests.Admission;

/// <summary>Who is trusted, from when, until when; and whose certificate request is approved.</summary>
public sealed class TrustTableTests
{
    private static readonly string Key = new('a', 64);
    private static readonly BootstrapToken Token = new("abcdef", "0123456789abcdef");

    private readonly List<TrustEnd> _ends = [];
    private FakeTimeProvider _time = null!;
    private TestLab _lab = null!;
    private TrustTable _trust = null!;
    private CertificateJudge _judge = null!;
    private ECDsa _key = null!;

    [SetUp]
    public void SetUp()
    {
        _ends.Clear();
        _time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        _lab = new TestLab();
        _trust = new TrustTable(TestOptions.Of(_lab), _time, _ends.Add);
        _judge = new CertificateJudge(_trust);
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    }

    [TearDown]
    public async Task TearDown()
    {
        _trust.Dispose();
        _key.Dispose();
        await _lab.DisposeAsync();
    }

    private static AttestedBoard Board(
        string name = "virt-1",
        uint resets = 1,
        string? key = null,
        bool renew = false,
        string tpm = "tpm-1"
    ) => new(name, tpm, resets, key ?? Key, renew);

    [Test]
    public void Nobody_is_trusted_before_attesting() =>
        Assert.That((_trust.IsTrusted("virt-1"), _trust.FindGrant("virt-1")), Is.EqualTo((false, (object?)null)));

    [Test]
    public void A_granted_board_is_trusted_until_its_token_expires()
    {
        _trust.Begin(Board(), Token);
        Assert.That(_trust.IsTrusted("virt-1"), Is.True);
        Assert.That(_trust.FindGrant("virt-1")!.Expires - _time.GetUtcNow(), Is.EqualTo(TimeSpan.FromMinutes(10)));

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.That(_trust.IsTrusted("virt-1"), Is.False);
        Assert.That(_ends.Select(end => (end.Board, end.Code)), Is.EqualTo([("virt-1", "silence")]));
    }

    [Test]
    public void A_node_that_falls_silent_is_no_longer_trusted()
    {
        Join();
        _time.Advance(TimeSpan.FromSeconds(44));
        _trust.Renew(Board(renew: true));
        _time.Advance(TimeSpan.FromSeconds(44));
        Assert.That(_trust.IsTrusted("virt-1"), Is.True);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(_trust.IsTrusted("virt-1"), Is.False);
        Assert.That(_ends.Single().Code, Is.EqualTo("silence"));
        Assert.That(() => _trust.Renew(Board(renew: true)), Throws.TypeOf<SecretRefusedException>());
        Assert.That(_ends, Has.Count.EqualTo(1));
    }

    [Test]
    public void Each_board_is_silent_for_itself()
    {
        Join();
        _time.Advance(TimeSpan.FromSeconds(20));
        Join("virt-2", new BootstrapToken("bbbbbb", "0123456789abcdef"), "tpm-2");

        _time.Advance(TimeSpan.FromSeconds(25));
        Assert.That(_ends.Select(end => end.Board), Is.EqualTo(["virt-1"]));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(_ends.Select(end => end.Board), Is.EqualTo(["virt-1", "virt-2"]));
    }

    [Test]
    public void A_refused_appraisal_ends_the_trust_at_once()
    {
        Join();
        _trust.End("virt-1", ExpulsionCodes.Denied, "PCR 8", "another TPM");
        Assert.That(_trust.IsTrusted("virt-1"), Is.True, "another TPM's evidence says nothing about this board");

        _trust.End("virt-1", ExpulsionCodes.Denied, "PCR 8", "tpm-1");

        Assert.That((_trust.IsTrusted("virt-1"), _ends.Single().Code), Is.EqualTo((false, "denied")));
        _trust.End("virt-1", ExpulsionCodes.Denied, "again", "tpm-1");
        Assert.That(_ends, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_reboot_ends_the_trust_and_a_new_grant_begins_another()
    {
        Join();
        Assert.That(
            () => _trust.Renew(Board(resets: 2, renew: true)),
            Throws.TypeOf<SecretRefusedException>().With.Property("Code").EqualTo("session")
        );
        Assert.That((_trust.IsTrusted("virt-1"), _ends.Single().Code), Is.EqualTo((false, "rebooted")));

        Assert.That(_trust.Suspend(Board(resets: 2)), Is.Null, "nothing good is left");
        _trust.Begin(Board(resets: 2), new BootstrapToken("bbbbbb", "0123456789abcdef"));

        Assert.That(_trust.IsTrusted("virt-1"), Is.True);
        Assert.That(_trust.FindEnd("virt-1"), Is.Null);
    }

    [Test]
    public void A_new_attestation_makes_the_earlier_grant_worthless()
    {
        Join();

        Assert.That(_trust.Suspend(Board(resets: 2))?.TokenId, Is.EqualTo("abcdef"));

        Assert.That(_trust.IsTrusted("virt-1"), Is.False);
        Assert.That(_ends, Is.Empty, "who is about to be granted anew is not put out");
    }

    [Test]
    public void A_renewal_with_another_key_is_refused()
    {
        Join();
        Assert.That(
            () => _trust.Renew(Board(key: new string('c', 64), renew: true)),
            Throws.TypeOf<SecretRefusedException>().With.Property("Code").EqualTo("node-key")
        );
    }

    [Test]
    public void A_board_keeps_its_TPM()
    {
        _trust.Begin(Board(), Token);
        Assert.That(
            () => _trust.Suspend(Board(tpm: "tpm-2")),
            Throws.TypeOf<SecretRefusedException>().With.Property("Code").EqualTo("ek-mismatch")
        );
        Assert.That(() => _trust.Renew(Board(tpm: "tpm-2", renew: true)), Throws.TypeOf<SecretRefusedException>());
        Assert.That(_trust.IsTrusted("virt-1"), Is.True);
    }

    [Test]
    public void A_stranger_and_a_revoked_board_are_granted_nothing()
    {
        Assert.That(() => _trust.Suspend(Board("virt-9")), Throws.TypeOf<SecretRefusedException>());
        Join();
        _trust.End("virt-1", ExpulsionCodes.Revoked, "stolen");

        Assert.That((_trust.IsTrusted("virt-1"), _ends.Single().Code), Is.EqualTo((false, "revoked")));
        Assert.That(
            () => _trust.Suspend(Board()),
            Throws.TypeOf<SecretRefusedException>().With.Property("Code").EqualTo("revoked")
        );
    }

    [Test]
    public void A_board_can_be_revoked_before_it_comes()
    {
        _trust.End("virt-1", ExpulsionCodes.Revoked, "lost");

        Assert.That(_trust.FindEnd("virt-1")?.Code, Is.EqualTo("revoked"));
        Assert.That(_ends, Has.Count.EqualTo(1));
        Assert.That(() => _trust.Suspend(Board()), Throws.TypeOf<SecretRefusedException>());
    }

    [Test]
    public void The_boards_own_request_is_approved_once()
    {
        Grant();

        Assert.That(Judge(Request()).Code, Is.EqualTo("approved"));
        Assert.That(Judge(Request()).Code, Is.EqualTo("approved"), "the same object again, after a lost connection");
        Assert.That(Judge(Request(uid: "uid-2")).Code, Is.EqualTo("token-used"));
    }

    [Test]
    public void A_thief_is_denied_by_what_it_lacks()
    {
        Grant();
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Multiple(() =>
        {
            Assert.That(Judge(Request(key: foreign)).Code, Is.EqualTo("foreign-key"));
            Assert.That(Judge(Request(node: "virt-2")).Code, Is.EqualTo("foreign-token"));
            Assert.That(Judge(Request(token: "zzzzzz")).Code, Is.EqualTo("foreign-token"));
        });
        Assert.That(Judge(Request(uid: "uid-2")).Code, Is.EqualTo("approved"), "a thief's attempts cost the board nothing");
    }

    [Test]
    public void Without_live_trust_no_request_is_approved()
    {
        Grant();
        _trust.End("virt-1", ExpulsionCodes.Denied, "PCR 8");
        Assert.That(Judge(Request()).Code, Is.EqualTo("not-attested"));
    }

    [Test]
    public void A_node_that_attests_has_its_certificate_renewed_for_the_same_key_only()
    {
        Grant();
        Assert.That(Renew("early").Code, Is.EqualTo("not-attested"), "it has none yet");
        Judge(Request());
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Multiple(() =>
        {
            Assert.That(Renew("one").Code, Is.EqualTo("approved"));
            Assert.That(Renew("two").Code, Is.EqualTo("approved"), "as often as it needs");
            Assert.That(Renew("three", foreign).Code, Is.EqualTo("foreign-key"));
        });
        _time.Advance(TimeSpan.FromSeconds(45));
        Assert.That(Renew("four").Code, Is.EqualTo("not-attested"), "it fell silent");

        JudgedRequest Renew(string uid, ECDsa? key = null) =>
            Judge(Request(key: key, uid: uid) with { User = "system:node:virt-1" });
    }

    [Test]
    public void The_key_of_an_earlier_boot_is_not_renewed()
    {
        Grant();
        Judge(Request());
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _trust.Suspend(Board(resets: 2));
        _trust.Begin(Board(resets: 2, key: TestRequests.KeySha256(next)), new BootstrapToken("bbbbbb", "0123456789abcdef"));
        Assert.That(Judge(Request(key: next, token: "bbbbbb", uid: "uid-2")).Code, Is.EqualTo("approved"));

        Assert.That(Judge(Request(uid: "uid-3") with { User = "system:node:virt-1" }).Code, Is.EqualTo("foreign-key"));
    }

    [Test]
    public void The_token_of_an_earlier_attestation_is_used_up()
    {
        Grant();
        _trust.Suspend(Board(resets: 2));
        _trust.Begin(Board(resets: 2, key: TestRequests.KeySha256(_key)), new BootstrapToken("bbbbbb", "0123456789abcdef"));

        Assert.That(Judge(Request()).Code, Is.EqualTo("token-used"));
        Assert.That(Judge(Request(token: "bbbbbb", uid: "uid-2")).Code, Is.EqualTo("approved"));
    }

    [Test]
    public void Another_shape_is_denied()
    {
        Grant();
        var good = Request();
        Assert.Multiple(() =>
        {
            foreach (
                var bad in new[]
                {
                    good with
                    {
                        Signer = "kubernetes.io/kube-apiserver-client",
                    },
                    good with
                    {
                        Signer = "kubernetes.io/kubelet-serving",
                    },
                    good with
                    {
                        User = "system:node:virt-2",
                    },
                    good with
                    {
                        User = "kubernetes-admin",
                    },
                    good with
                    {
                        User = "system:bootstrap:",
                    },
                    good with
                    {
                        Usages = ["digital signature"],
                    },
                    good with
                    {
                        Usages = [.. good.Usages, "server auth"],
                    },
                    good with
                    {
                        Usages = [],
                    },
                    good with
                    {
                        Request = new byte[10],
                    },
                }
            )
            {
                Assert.That(Judge(bad).Code, Is.EqualTo("request-shape"), bad.ToString());
            }
        });
        Assert.That(Judge(good with { Usages = ["client auth", "digital signature"] }).Code, Is.EqualTo("approved"));
    }

    [Test]
    public void What_a_tokens_bearer_or_a_nodes_signer_is_asked_is_ours_to_decide()
    {
        var good = Request();
        Assert.Multiple(() =>
        {
            Assert.That(CertificateJudge.Concerns(good), Is.True);
            Assert.That(CertificateJudge.Concerns(good with { Signer = "kubernetes.io/kube-apiserver-client" }), Is.True);
            Assert.That(CertificateJudge.Concerns(good with { User = "system:node:virt-1" }), Is.True);
            Assert.That(
                CertificateJudge.Concerns(good with { User = "admin", Signer = "kubernetes.io/kube-apiserver-client" }),
                Is.False
            );
        });
    }

    [Test]
    public void A_token_is_needed_until_the_node_uses_its_certificate()
    {
        Grant();
        Assert.That(_trust.SeeCertificate("virt-1"), Is.Null, "an older certificate of the same name");
        Judge(Request());
        Assert.That(_trust.SeeCertificate("virt-1"), Is.EqualTo("abcdef"));
        Assert.That(_trust.SeeCertificate("virt-1"), Is.Null);
    }

    private void Grant() => _trust.Begin(Board(key: TestRequests.KeySha256(_key)), Token);

    private void Join(string name = "virt-1", BootstrapToken? token = null, string tpm = "tpm-1")
    {
        _trust.Begin(Board(name, tpm: tpm), token ?? Token);
        Assert.That(_trust.UseToken((token ?? Token).Id, name, Key, name).Code, Is.EqualTo("approved"));
    }

    private JudgedRequest Judge(SigningRequest request) => _judge.Judge(request);

    private SigningRequest Request(string node = "virt-1", ECDsa? key = null, string token = "abcdef", string uid = "uid-1") =>
        TestRequests.Of(TestRequests.Pem(key ?? _key, TestRequests.NodeSubject(node)), token, uid);
}
