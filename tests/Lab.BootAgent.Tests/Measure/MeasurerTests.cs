using System.Security.Cryptography;
using Lab.BootAgent.Events;
using Lab.BootAgent.Fetch;
using Lab.BootAgent.Measure;
using Lab.Trust.EventLogs;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using Lab.Trust.Tuf;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Measure;

/// <summary>Against a real software TPM with all banks on.</summary>
[Category("RealTpm")]
internal sealed class MeasurerTests
{
    private readonly EventWriter events = new(_ => { }, "linuxboot");
    private SoftwareTpm board = null!;

    [SetUp]
    public void Start() => board = SoftwareTpm.Start();

    [TearDown]
    public void Stop() => board?.Dispose();

    [Test]
    public void The_log_replays_to_the_PCR_in_every_bank()
    {
        using var tpm = board.Open();
        var banks = tpm.GetPcrBanks().Select(bank => bank.Bank).ToList();
        var writer = new EventLogWriter(banks);
        var measurer = new Measurer(tpm, writer, banks, events);
        measurer.Measure("kernel", "kernel"u8, SHA256.HashData("kernel"u8));
        measurer.Measure("cmdline", "quiet"u8, sha256: null);
        measurer.Separate();

        var log = EventLog.Parse(writer.ToArray());
        foreach (var bank in banks)
        {
            var actual = tpm.ReadPcrs(PcrSelection.Of(bank, Measurer.Pcr))[Measurer.Pcr].ToArray();
            Assert.That(log.Replay(bank)[Measurer.Pcr].ToArray(), Is.EqualTo(actual), bank.ToString());
        }

        Assert.That(
            log.Events.Select(each => (each.Type, System.Text.Encoding.ASCII.GetString(each.Data.Span))),
            Is.EqualTo([
                (LogEventType.Ipl, "hwlab:kernel"),
                (LogEventType.Ipl, "hwlab:cmdline"),
                (LogEventType.Separator, "\0\0\0\0"),
            ])
        );
    }

    [Test]
    public void A_bank_that_the_firmware_s_log_leaves_out_is_extended_all_the_same()
    {
        using var tpm = board.Open();
        var banks = tpm.GetPcrBanks().Select(bank => bank.Bank).ToList();
        new Measurer(tpm, new EventLogWriter(TpmAlgorithm.Sha256), banks, events).Separate();
        foreach (var bank in banks)
            Assert.That(tpm.ReadPcrs(PcrSelection.Of(bank, Measurer.Pcr))[Measurer.Pcr].ToArray(), Has.Some.Not.Zero);
    }

    [Test]
    public void A_failed_boot_leaves_the_error_separator()
    {
        using var tpm = board.Open();
        Measurer.Spoil(tpm, [TpmAlgorithm.Sha256]);
        var expected = TpmHash.Extend(TpmAlgorithm.Sha256, new byte[32], SHA256.HashData([0xFF, 0xFF, 0xFF, 0xFF]));
        Assert.That(
            tpm.ReadPcrs(PcrSelection.Of(TpmAlgorithm.Sha256, Measurer.Pcr))[Measurer.Pcr].ToArray(),
            Is.EqualTo(expected)
        );
    }

    [Test]
    public void Versions_are_remembered_over_a_power_cut_and_may_not_go_back()
    {
        using (var tpm = board.Open())
            VersionMemory.Advance(tpm, "root"u8, new TufVersions(1, 5, 5, 5));
        board.CutPower();
        using (var tpm = board.Open())
        {
            var refusal = Assert.Throws<RefusalException>(() =>
                VersionMemory.Advance(tpm, "root"u8, new TufVersions(1, 4, 5, 5))
            );
            Assert.That(refusal!.Code, Is.EqualTo(RefusalCode.TufRollback));
            VersionMemory.Advance(tpm, "root"u8, new TufVersions(1, 6, 5, 5));
        }

        board.CutPower();
        using (var tpm = board.Open())
            Assert.Throws<RefusalException>(() => VersionMemory.Advance(tpm, "root"u8, new TufVersions(1, 5, 5, 5)));
    }

    [Test]
    public void What_runs_later_cannot_change_what_was_remembered()
    {
        using var tpm = board.Open();
        VersionMemory.Advance(tpm, "root"u8, new TufVersions(1, 5, 5, 5));
        var locked = Assert.Throws<TpmException>(() => tpm.WriteNv(VersionMemory.Index, new byte[VersionRecord.Size]));
        Assert.That(locked!.Code.Name, Is.EqualTo("TPM_RC_NV_LOCKED"));
    }

    [Test]
    public void A_definition_without_a_first_write_is_no_obstacle()
    {
        using var tpm = board.Open();
        tpm.DefineNv(VersionMemory.Index, VersionRecord.Size);
        VersionMemory.Advance(tpm, "root"u8, new TufVersions(1, 5, 5, 5));
        Assert.That(VersionRecord.Parse(tpm.ReadNv(VersionMemory.Index), "root"u8), Is.EqualTo(new TufVersions(1, 5, 5, 5)));
    }
}
