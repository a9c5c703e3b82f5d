using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lab.Trust.Attestation;
using Lab.Trust.Tests.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Attestation;

internal sealed class StatementTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData("quote"u8));

    private StatementSigner signer = null!;

    [OneTimeSetUp]
    public void MakeKey() => signer = StatementSigner.Create();

    [OneTimeTearDown]
    public void ForgetKey() => signer.Dispose();

    [Test]
    public void I_can_sign_a_statement_and_read_it_again()
    {
        var good = Good();
        var opened = StatementVerifier.Open(signer.Sign(good), [signer.PublicKeyPem], Now);
        Assert.Multiple(() =>
        {
            Assert.That(opened.IsTrusted, Is.True);
            Assert.That(opened with { Claims = good.Claims, Evidence = good.Evidence }, Is.EqualTo(good));
            Assert.That(opened.Claims, Is.EqualTo(good.Claims));
            Assert.That(opened.Evidence, Is.EqualTo(good.Evidence));
        });
    }

    [Test]
    public void It_is_an_in_toto_statement_in_a_DSSE_envelope_that_anybody_can_check()
    {
        var envelope = JsonDocument.Parse(signer.Sign(Good())).RootElement;
        var payload = envelope.GetProperty("payload").GetBytesFromBase64();
        var signature = envelope.GetProperty("signatures")[0];
        var type = envelope.GetProperty("payloadType").GetString()!;
        byte[] message = [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];
        using var key = ECDsa.Create();
        key.ImportFromPem(signer.PublicKeyPem);
        var statement = JsonDocument.Parse(payload).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(type, Is.EqualTo("application/vnd.in-toto+json"));
            Assert.That(signature.GetProperty("keyid").GetString(), Is.EqualTo(signer.KeyId));
            Assert.That(
                key.VerifyData(
                    message,
                    signature.GetProperty("sig").GetBytesFromBase64(),
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.Rfc3279DerSequence
                ),
                Is.True
            );
            Assert.That(statement.GetProperty("_type").GetString(), Is.EqualTo("https://in-toto.io/Statement/v1"));
            Assert.That(
                statement.GetProperty("subject")[0].GetProperty("digest").GetProperty("sha256").GetString(),
                Is.EqualTo(Digest)
            );
            Assert.That(statement.GetProperty("predicate").GetProperty("verdict").GetString(), Is.EqualTo("pass"));
        });
    }

    [Test]
    public void It_counts_only_within_its_time()
    {
        var envelope = signer.Sign(Good());
        Assert.Multiple(() =>
        {
            Assert.That(() => Open(envelope, Now.AddMinutes(5).AddTicks(-1)), Throws.Nothing);
            Assert.That(() => Open(envelope, Now.AddMinutes(5)), Refused("expired"));
            Assert.That(() => Open(envelope, Now.AddMinutes(-2)), Refused("future"));
            Assert.That(() => StatementVerifier.OpenOfAnyTime(envelope, [signer.PublicKeyPem]), Throws.Nothing);
            Assert.That(() => Open(signer.Sign(Good() with { ExpiresAt = Now }), Now), Refused("before it was issued"));
        });
    }

    [Test]
    public void One_by_another_verifier_or_by_nobody_is_refused()
    {
        using var other = StatementSigner.Create();
        var envelope = signer.Sign(Good());
        var unsigned = DsseEnvelope.Parse(envelope) with { Signatures = [new DsseSignature(signer.KeyId, [])] };
        Assert.Multiple(() =>
        {
            Assert.That(() => StatementVerifier.Open(envelope, [other.PublicKeyPem], Now), Refused("none of the trusted"));
            Assert.That(() => StatementVerifier.Open(envelope, [], Now), Refused("none of the trusted"));
            Assert.That(() => StatementVerifier.Open(envelope, ["nonsense"], Now), Refused("PEM"));
            Assert.That(() => StatementVerifier.Open(envelope, [other.PublicKeyPem, signer.PublicKeyPem], Now), Throws.Nothing);
            Assert.That(() => Open(unsigned.ToJson(), Now), Refused("none of the trusted"));
            Assert.That(() => Open((unsigned with { Signatures = [] }).ToJson(), Now), Refused("0 signatures"));
        });
    }

    [Test]
    public void A_signature_for_another_type_does_not_count()
    {
        var signed = DsseEnvelope.Parse(signer.Sign(Good()));
        var other = signer.Sign("application/json", signed.Payload);
        Assert.That(() => Open(other, Now), Refused("of type 'application/json'"));
        Assert.That(
            () => Open((DsseEnvelope.Parse(other) with { PayloadType = signed.PayloadType }).ToJson(), Now),
            Refused("none of the trusted")
        );
    }

    [Test]
    public void A_claim_that_was_not_reached_never_makes_a_pass()
    {
        var statement = Good() with { Claims = [.. Good().Claims, new Claim("nonce", ClaimVerdict.NotChecked, "not reached")] };
        Assert.That(Open(signer.Sign(statement), Now).IsTrusted, Is.False);
        var payload = Encoding.UTF8.GetString(DsseEnvelope.Parse(signer.Sign(statement)).Payload);
        var lie = payload.Replace("\"verdict\": \"fail\"", "\"verdict\": \"pass\"", StringComparison.Ordinal);
        Assert.That(lie, Is.Not.EqualTo(payload));
        Assert.That(
            () => Open(signer.Sign(AppraisalStatement.PayloadType, Encoding.UTF8.GetBytes(lie)), Now),
            Refused("not that of its claims")
        );
    }

    [Test]
    public void A_denial_keeps_its_code_and_its_PCR()
    {
        var denial = new Denial(DenialCodes.ReferenceValue, "PCR 8 does not have a reference value", 8);
        var statement = Good() with { Denial = denial, Claims = [new Claim("pcr-8", ClaimVerdict.Fail, "no")] };
        Assert.That(Open(signer.Sign(statement), Now).Denial, Is.EqualTo(denial));
    }

    [Test]
    public void Spoilt_envelopes_and_payloads_end_in_one_kind_of_error()
    {
        var envelope = signer.Sign(Good());
        var payload = DsseEnvelope.Parse(envelope).Payload;
        foreach (var bytes in Hostile.Of(envelope, 400).Concat(Nulls(envelope)))
        {
            AssertRefusedOrSame(bytes);
        }

        foreach (var bytes in Hostile.Of(payload, 400).Concat(Nulls(payload)))
        {
            AssertRefusedOrSame(signer.Sign(AppraisalStatement.PayloadType, bytes));
        }

        Assert.That(() => Open(new byte[DsseEnvelope.MaxBytes + 1], Now), Refused("limit"));
    }

    [Test]
    public void A_key_file_is_made_once_and_read_by_its_owner_only()
    {
        var folder = Directory.CreateTempSubdirectory("hwlab-key-");
        try
        {
            var path = Path.Combine(folder.FullName, "sub", "verifier.key");
            using var made = StatementSigner.LoadOrCreate(path);
            using var read = StatementSigner.LoadOrCreate(path);
            Assert.That(read.KeyId, Is.EqualTo(made.KeyId));
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            File.WriteAllText(path, "nonsense");
            Assert.That(() => StatementSigner.LoadOrCreate(path), Throws.InstanceOf<StatementException>());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static AppraisalStatement Good() =>
        new(
            "lab of a test",
            "virt-1",
            [
                new Claim("ek-certificate", ClaimVerdict.Pass, "issued by CN=rig CA", Digest),
                new Claim("nonce", ClaimVerdict.Pass, "the quote answers this challenge"),
            ],
            null,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["quote.bin"] = Digest },
            Digest,
            Now,
            Now.AddMinutes(5)
        );

    /// <summary>Each value replaced by null, one after the other.</summary>
    private static IEnumerable<byte[]> Nulls(byte[] json)
    {
        var text = Encoding.UTF8.GetString(json);
        foreach (
            var at in Enumerable
                .Range(0, text.Length)
                .Where(i => text[i] is '{' or '[' || text[i..].StartsWith(": \"", StringComparison.Ordinal))
        )
        {
            var start = text[at] == ':' ? at + 2 : at;
            for (var end = start + 1; end < text.Length; end++)
            {
                if (text[end] is '"' or ']' or '}')
                {
                    yield return Encoding.UTF8.GetBytes(text[..start] + "null" + text[(end + 1)..]);
                    break;
                }
            }
        }
    }

    private void AssertRefusedOrSame(byte[] envelope)
    {
        try
        {
            Open(envelope, Now);
        }
        catch (StatementException)
        {
            // The one kind of error.
        }
    }

    private AppraisalStatement Open(byte[] envelope, DateTimeOffset now) =>
        StatementVerifier.Open(envelope, [signer.PublicKeyPem], now);

    private static NUnit.Framework.Constraints.IResolveConstraint Refused(string why) =>
        Throws.InstanceOf<StatementException>().With.Message.Contains(why);
}
