using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tuf;

/// <summary>A repository whose root key never leaves a TPM.</summary>
[Category("RealTpm")]
internal sealed class TpmTufSignerTests
{
    private const uint Handle = 0x81000010;
    private SoftwareTpm board = null!;

    [SetUp]
    public void StartTpm() => board = SoftwareTpm.Start();

    [TearDown]
    public void StopTpm() => board?.Dispose();

    [Test]
    public async Task Clients_accept_what_a_TPM_signed()
    {
        using var bench = new TufBench();
        TufKey key;
        using (var tpm = board.Open())
        {
            var signer = TpmTufSigner.Create(tpm, Handle);
            key = signer.Key;
            bench.Repository.AddSigner(signer);
            bench.Repository.Rotate(TufRoles.Root, TufRolePlan.Single(signer, TimeSpan.FromDays(30)));
            bench.Repository.Rotate(TufRoles.Targets, TufRolePlan.Single(signer, TimeSpan.FromDays(30)));
            bench.Repository.Publish();
        }

        Assert.That((await bench.RefreshAsync()).Root, Is.EqualTo(2));
        using var again = board.Open();
        bench.Repository.AddSigner(TpmTufSigner.Open(again, Handle));
        bench.Repository.AddTarget("os/test", "content"u8);
        bench.Repository.Publish();
        await bench.RefreshAsync();
        Assert.That((await bench.FindAsync("os/test")).Length, Is.EqualTo(7));
        Assert.That(TpmTufSigner.Open(again, Handle).Key, Is.EqualTo(key));
    }

    [Test]
    public void Every_key_is_another_and_what_is_no_signing_key_is_refused()
    {
        using var tpm = board.Open();
        var first = TpmTufSigner.Create(tpm, Handle);
        var second = TpmTufSigner.Create(tpm, Handle + 1);
        Assert.That(second.Key, Is.Not.EqualTo(first.Key));
        Assert.That(() => TpmTufSigner.Create(tpm, Handle), Throws.InstanceOf<TpmException>(), "taken");
        Assert.That(
            () => TpmTufSigner.Create(tpm, 0x81800000),
            Throws.InstanceOf<ArgumentOutOfRangeException>(),
            "the platform's"
        );
        using (var restricted = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.AkEccP256))
        {
            tpm.Persist(restricted, Handle + 2);
        }

        Assert.That(() => TpmTufSigner.Open(tpm, Handle + 2), Throws.InstanceOf<TufException>());
        Assert.That(() => TpmTufSigner.Open(tpm, Handle + 3), Throws.InstanceOf<TpmException>(), "nothing there");
    }
}
