using System.Security.Cryptography;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tpm;

internal sealed class TpmCodecTests
{
    public static IEnumerable<TpmPublic> Templates() =>
        [
            TpmTemplates.EkRsa2048,
            TpmTemplates.EkEccP256,
            TpmTemplates.AkEccP256,
            TpmTemplates.AkEccP384,
            TpmTemplates.StorageEccP256,
            TpmTemplates.Sealed(new byte[32]),
        ];

    [TestCaseSource(nameof(Templates))]
    public void A_public_area_reads_back_as_it_was_written(TpmPublic template)
    {
        Assert.That(TpmPublic.ParseSized(template.ToSizedBytes()), Is.EqualTo(template));
        Assert.That(TpmPublic.Parse(template.ToBytes()).ToBytes(), Is.EqualTo(template.ToBytes()));
    }

    [TestCaseSource(nameof(Templates))]
    public void A_spoilt_public_area_is_refused_or_reads_back_exactly(TpmPublic template)
    {
        foreach (var bytes in Hostile.Of(template.ToSizedBytes(), 3000))
        {
            if (Accepts(() => TpmPublic.ParseSized(bytes)) is { } parsed)
            {
                Assert.That(parsed.ToSizedBytes(), Is.EqualTo(bytes), "one area has one encoding, or its name could be forged");
            }
        }
    }

    [Test]
    public void A_spoilt_quote_is_refused_or_read_but_never_breaks_the_reader()
    {
        var good = SoftwareQuote.Attest(new byte[32], PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8), new byte[32]);
        Assert.That(TpmAttest.Parse(good).Clock, Is.EqualTo(new TpmClockInfo(1000, 7, 1, Safe: true)));
        foreach (var bytes in Hostile.Of(good, 20000))
        {
            Accepts(() => TpmAttest.Parse(bytes));
        }
    }

    [Test]
    public void Bytes_behind_a_quote_are_refused()
    {
        var good = SoftwareQuote.Attest(new byte[32], PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8), new byte[32]);
        var refusal = Assert.Throws<TpmFormatException>(() => TpmAttest.Parse([.. good, 0]))!;
        Assert.That(refusal.Offset, Is.EqualTo(good.Length));
    }

    [Test]
    public void Magic_and_type_are_looked_at_before_anything_else()
    {
        Assert.That(Assert.Throws<TpmFormatException>(() => TpmAttest.Parse([0, 0, 0, 0]))!.Message, Does.Contain("magic"));
        byte[] certify = [0xFF, 0x54, 0x43, 0x47, 0x80, 0x17];
        Assert.That(Assert.Throws<TpmFormatException>(() => TpmAttest.Parse(certify))!.Message, Does.Contain("0x8017"));
    }

    [Test]
    public void A_spoilt_signature_is_refused_or_does_not_verify()
    {
        using var key = new SoftwareQuote();
        var data = "signed"u8.ToArray();
        var good = key.Sign(data);
        Assert.That(TpmSignature.Parse(good).Verify(key.Public, data), Is.True);
        Assert.That(TpmSignature.Parse(good).ToBytes(), Is.EqualTo(good));
        foreach (var bytes in Hostile.Of(good, 500).Where(bytes => !bytes.AsSpan().SequenceEqual(good)))
        {
            var verified = Accepts(() => TpmSignature.Parse(bytes))?.Verify(key.Public, data);
            Assert.That(verified, Is.Not.True, Convert.ToHexString(bytes));
        }
    }

    [Test]
    public void A_spoilt_response_ends_in_a_TPM_error()
    {
        byte[] good = [0x80, 0x02, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0, 2, 0xAA, 0xBB, 0, 0, 1, 0, 0];
        Assert.That(
            TpmResponse.Parse(TpmCommandCode.Unseal, good, hasHandle: false, [TpmAuthorization.Empty]).Parameters.Remaining,
            Is.EqualTo(2)
        );
        foreach (var bytes in Hostile.Of(good, 5000))
        {
            try
            {
                TpmResponse.Parse(TpmCommandCode.Unseal, bytes, hasHandle: false, [TpmAuthorization.Empty]);
            }
            catch (Exception e) when (e is TpmFormatException or TpmException)
            {
                // as it should be
            }
        }
    }

    [Test]
    public void A_point_off_the_curve_verifies_nothing()
    {
        using var key = new SoftwareQuote();
        var data = "signed"u8.ToArray();
        var broken = key.Public with { UniqueY = new byte[32] };
        Assert.That(TpmSignature.Parse(key.Sign(data)).Verify(broken, data), Is.False);
    }

    [Test]
    public void RSA_signatures_verify_too()
    {
        using var rsa = RSA.Create(2048);
        var key = TpmTemplates.EkRsa2048 with { Symmetric = TpmSymmetric.Null, Unique = rsa.ExportParameters(false).Modulus! };
        var data = "signed"u8.ToArray();
        foreach (
            var (padding, scheme) in new[]
            {
                (RSASignaturePadding.Pkcs1, TpmAlgorithm.RsaSsa),
                (RSASignaturePadding.Pss, TpmAlgorithm.RsaPss),
            }
        )
        {
            var bytes = rsa.SignData(data, HashAlgorithmName.SHA256, padding);
            var signature = new TpmSignature(new TpmScheme(scheme, TpmAlgorithm.Sha256), bytes, []);
            Assert.That(TpmSignature.Parse(signature.ToBytes()).Verify(key, data), Is.True);
            Assert.That(signature.Verify(key, "other"u8), Is.False);
        }
    }

    [TestCase(0x000u, "TPM_RC_SUCCESS", null)]
    [TestCase(0x100u, "TPM_RC_INITIALIZE", null)]
    [TestCase(0x18Bu, "TPM_RC_HANDLE", "handle 1")]
    [TestCase(0x98Eu, "TPM_RC_AUTH_FAIL", "session 1")]
    [TestCase(0x2C4u, "TPM_RC_VALUE", "parameter 2")]
    [TestCase(0x921u, "TPM_RC_LOCKOUT", null)]
    [TestCase(0x922u, "TPM_RC_RETRY", null)]
    [TestCase(0x12345u, "TPM_RC_0x12345", null)]
    public void Response_codes_have_their_names(uint code, string name, string? subject)
    {
        Assert.That(new TpmResponseCode(code).Name, Is.EqualTo(name));
        Assert.That(new TpmResponseCode(code).Subject, Is.EqualTo(subject));
    }

    [Test]
    public void Commands_are_sent_again_while_the_TPM_asks_for_it()
    {
        byte[] retry = [0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x09, 0x22];
        byte[] testing = [0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x09, 0x0A];
        byte[] random = [0x80, 0x01, 0, 0, 0, 14, 0, 0, 0, 0, 0, 2, 0xAA, 0xBB];
        using var tpm = new Tpm2(new ScriptedTransport(retry, testing, random));
        Assert.That(tpm.GetRandom(2), Is.EqualTo(new byte[] { 0xAA, 0xBB }));
    }

    private static T? Accepts<T>(Func<T> parse)
        where T : class
    {
        try
        {
            return parse();
        }
        catch (TpmFormatException)
        {
            return null;
        }
    }

    /// <summary>Says what no software TPM can be made to say.</summary>
    private sealed class ScriptedTransport(params byte[][] responses) : ITpmTransport
    {
        private readonly Queue<byte[]> responses = new(responses);

        public byte[] Exchange(ReadOnlySpan<byte> command, CancellationToken cancellationToken) => responses.Dequeue();

        public void Dispose() { }
    }
}
