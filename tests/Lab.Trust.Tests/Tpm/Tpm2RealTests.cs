using System.Security.Cryptography;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tpm;

[Category("RealTpm")]
internal sealed class Tpm2RealTests
{
    private SoftwareTpm board = null!;

    [OneTimeSetUp]
    public void StartTpm() => board = SoftwareTpm.Start();

    [OneTimeTearDown]
    public void StopTpm() => board?.Dispose();

    [Test]
    public void I_can_extend_and_read_a_PCR_in_every_bank()
    {
        using var tpm = board.Open();
        var banks = tpm.GetPcrBanks();
        Assert.That(banks.Select(bank => bank.Bank), Does.Contain(TpmAlgorithm.Sha256).And.Contain(TpmAlgorithm.Sha1));
        tpm.ResetPcr(16);
        tpm.ExtendPcr(16, banks.ToDictionary(bank => bank.Bank, bank => TpmHash.Compute(bank.Bank, "x"u8)));
        foreach (var bank in banks)
        {
            var expected = TpmHash.Extend(
                bank.Bank,
                new byte[TpmHash.RequiredSizeOf(bank.Bank)],
                TpmHash.Compute(bank.Bank, "x"u8)
            );
            Assert.That(tpm.ReadPcrs(PcrSelection.Of(bank.Bank, 16)).Find(16), Is.EqualTo(expected));
        }
    }

    [Test]
    public void I_can_read_all_24_PCRs_though_a_command_gives_only_8()
    {
        using var tpm = board.Open();
        var all = tpm.ReadPcrs(PcrSelection.Of(TpmAlgorithm.Sha256, Enumerable.Range(0, 24)));
        Assert.That(all.All, Has.Count.EqualTo(24));
        Assert.That(all[17].ToArray(), Has.All.EqualTo(0xFF));
    }

    [Test]
    public void An_EK_is_the_same_key_each_time_and_carries_its_computed_name()
    {
        using var tpm = board.Open();
        using var first = tpm.CreateEk();
        using var second = tpm.CreateEk();
        Assert.That(second.Public, Is.EqualTo(first.Public));
        Assert.That(first.Public.ComputeName(), Is.EqualTo(first.Name));
        Assert.That(first.Public with { Unique = new byte[256] }, Is.EqualTo(TpmTemplates.EkRsa2048));
    }

    [TestCase("rsa")]
    [TestCase("ecc")]
    public void The_TPM_opens_a_credential_that_was_made_without_it(string kind)
    {
        using var tpm = board.Open();
        using var ek = tpm.CreatePrimary(TpmHandle.Endorsement, kind == "rsa" ? TpmTemplates.EkRsa2048 : TpmTemplates.EkEccP256);
        using var ak = tpm.CreateAk();
        var secret = RandomNumberGenerator.GetBytes(32);
        var credential = CredentialMaker.Make(ek.Public, ak.Name, secret);
        Assert.That(tpm.ActivateCredential(ak, ek, credential), Is.EqualTo(secret));
    }

    [Test]
    public void The_TPM_refuses_a_credential_made_for_another_AK()
    {
        using var tpm = board.Open();
        using var ek = tpm.CreateEk();
        using var ak = tpm.CreateAk();
        using var other = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.AkEccP256);
        var credential = CredentialMaker.Make(ek.Public, other.Name, new byte[32]);
        var refusal = Assert.Throws<TpmException>(() => tpm.ActivateCredential(ak, ek, credential))!;
        Assert.That(refusal.Code.Name, Is.EqualTo("TPM_RC_INTEGRITY"));
    }

    [Test]
    public void A_quote_names_what_was_asked_for_and_verifies()
    {
        using var tpm = board.Open();
        using var ak = tpm.CreateAk();
        var nonce = RandomNumberGenerator.GetBytes(32);
        var selection = PcrSelection.Of(TpmAlgorithm.Sha256, 0, 4, 8, 9, 23);
        var quote = tpm.Quote(ak, nonce, selection);
        var attest = TpmAttest.Parse(quote.Attest);
        Assert.Multiple(() =>
        {
            Assert.That(TpmSignature.Parse(quote.Signature).Verify(ak.Public, quote.Attest), Is.True);
            Assert.That(attest.ExtraData, Is.EqualTo(nonce));
            Assert.That(attest.Selections, Is.EqualTo(new[] { selection }));
            Assert.That(attest.PcrDigest, Is.EqualTo(tpm.ReadPcrs(selection).ComputeDigest(selection, TpmAlgorithm.Sha256)));
            Assert.That(attest.Clock.ResetCount, Is.EqualTo(tpm.ReadClock().ResetCount));
        });
    }

    [Test]
    public void I_can_seal_to_PCRs_and_not_unseal_once_they_change()
    {
        using var tpm = board.Open();
        var selection = PcrSelection.Of(TpmAlgorithm.Sha256, 23);
        tpm.ResetPcr(23);
        byte[] digest;
        using (var trial = tpm.StartPolicySession(trial: true))
        {
            tpm.PolicyPcr(trial, selection);
            digest = tpm.PolicyGetDigest(trial);
        }

        using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
        using var sealedData = tpm.Load(parent, tpm.Create(parent, TpmTemplates.Sealed(digest), "join"u8));
        using (var policy = tpm.StartPolicySession())
        {
            tpm.PolicyPcr(policy, selection);
            Assert.That(tpm.Unseal(sealedData, policy), Is.EqualTo("join"u8.ToArray()));
        }

        tpm.ExtendPcr(23, TpmAlgorithm.Sha256, SHA256.HashData("changed"u8));
        using var late = tpm.StartPolicySession();
        tpm.PolicyPcr(late, selection);
        var refusal = Assert.Throws<TpmException>(() => tpm.Unseal(sealedData, late))!;
        Assert.That(refusal.Code.Name, Is.EqualTo("TPM_RC_POLICY_FAIL"));
    }

    [Test]
    public void I_can_persist_a_key_find_it_and_evict_it()
    {
        using var tpm = board.Open();
        using var ek = tpm.CreateEk();
        tpm.Persist(ek, TpmHandle.PersistentEkRsa2048);
        Assert.That(tpm.GetHandles(0x81000000), Does.Contain(TpmHandle.PersistentEkRsa2048));
        using (var again = tpm.ReadPublic(TpmHandle.PersistentEkRsa2048))
        {
            Assert.That(again.Name, Is.EqualTo(ek.Name));
        }

        tpm.Evict(TpmHandle.PersistentEkRsa2048);
        Assert.That(tpm.GetHandles(0x81000000), Does.Not.Contain(TpmHandle.PersistentEkRsa2048));
    }

    [TestCase(0)]
    [TestCase(1024)]
    [TestCase(3000)]
    public void The_TPM_hashes_as_we_do(int size)
    {
        using var tpm = board.Open();
        var data = RandomNumberGenerator.GetBytes(size);
        Assert.That(tpm.Hash(TpmAlgorithm.Sha256, data), Is.EqualTo(SHA256.HashData(data)));
    }

    [Test]
    public void Random_bytes_self_test_startup_and_properties_work()
    {
        using var tpm = board.Open();
        tpm.Startup();
        tpm.SelfTest();
        Assert.That(tpm.GetRandom(100).Distinct().Count(), Is.GreaterThan(30));
        Assert.That(tpm.GetProperty(TpmProperty.Manufacturer), Is.EqualTo(0x49424D00), "\"IBM\\0\"");
        Assert.That(tpm.GetProperty((TpmProperty)0x1FF), Is.Null);
    }

    [Test]
    public void A_missing_certificate_is_null_and_a_missing_index_names_the_handle()
    {
        using var tpm = board.Open();
        Assert.That(tpm.ReadEkCertificate(), Is.Null);
        var refusal = Assert.Throws<TpmException>(() => tpm.ReadNv(0x01C00002))!;
        Assert.That(refusal.Message, Does.Contain("TPM2_NvReadPublic: TPM_RC_HANDLE (0x18B, handle 1)"));
    }

    [Test]
    public void A_cancelled_exchange_ends_as_cancelled()
    {
        using var tpm = board.Open();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => tpm.GetRandom(8, source.Token));
    }
}
