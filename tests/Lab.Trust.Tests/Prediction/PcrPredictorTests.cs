using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Prediction;
using NUnit.Framework;

namespace Lab.Trust.Tests.Prediction;

internal sealed class PcrPredictorTests
{
    private const string Version = "U-Boot 2023.01+dfsg-2+deb12u3 (Jun 22 2026 - 08:38:07 +0000)";

    private static readonly byte[] Firmware = FirmwareOf(Version);
    private static readonly TargetDigests Target = new(Digest("kernel"), Digest("initrd"), Digest("cmdline"));

    // As tpm2_pcrread showed them on a QEMU board with this U-Boot, whose ROM measured nothing.
    [TestCase(0, "DBCF4296593BCC32F42BD58DCCFF066C678579E17D425398D86AF9FFB7FCDB53")]
    [TestCase(1, "3F8173A5D92B0AABF11C9842D5B0EE94680D101986BAB2CB34F5008B14CE3F12")]
    [TestCase(2, "3D458CFE55CC03EA1F443F1562BEEC8DF51C75E14A9FCF9A7234A13F198E7969")]
    [TestCase(3, "3D458CFE55CC03EA1F443F1562BEEC8DF51C75E14A9FCF9A7234A13F198E7969")]
    [TestCase(5, "A5CEB755D043F32431D63E39F5161464620A3437280494B5850DC1B47CC074E0")]
    [TestCase(6, "3D458CFE55CC03EA1F443F1562BEEC8DF51C75E14A9FCF9A7234A13F198E7969")]
    [TestCase(7, "9674AECD3F40B4A936AE19C8848AB95A8799D8897FFC40480599652E55D49332")]
    [TestCase(12, "0000000000000000000000000000000000000000000000000000000000000000")]
    public void The_firmwares_own_measurements_are_those_of_a_real_board(int pcr, string expected)
    {
        PcrPrediction prediction = PcrPredictor.Predict(new BootArtifacts(Firmware, Uki(), null, FirmwareMeasuredByRom: false));
        Assert.That(Convert.ToHexString(prediction.Values[pcr]), Is.EqualTo(expected));
    }

    [Test]
    public void A_measuring_rom_starts_pcr_0_from_the_firmware()
    {
        byte[] expected = SHA256.HashData([.. new byte[31], 4, .. SHA256.HashData(Firmware)]);
        Assert.That(PcrPredictor.HcrtmValue(Firmware), Is.EqualTo(expected));
        PcrPrediction prediction = PcrPredictor.Predict(new BootArtifacts(Firmware, Uki(), Target));
        byte[] replayed = prediction
            .Events.Where(predicted => predicted.Pcr == 0 && predicted.Logged)
            .Aggregate(expected, (value, predicted) => SHA256.HashData([.. value, .. predicted.Digest]));
        Assert.That(prediction.Values[0], Is.EqualTo(replayed));
    }

    [Test]
    public void The_target_is_measured_into_pcr_8_in_the_agents_order()
    {
        byte[] expected = new byte[32];
        foreach (byte[] digest in (byte[][])[Target.Kernel, Target.Initrd, Target.CommandLine, SHA256.HashData(new byte[4])])
        {
            expected = SHA256.HashData([.. expected, .. digest]);
        }

        PcrPrediction prediction = PcrPredictor.Predict(new BootArtifacts(Firmware, Uki(), Target));
        Assert.That(prediction.Values[8], Is.EqualTo(expected));
    }

    [Test]
    public void Every_event_says_what_it_is_of()
    {
        PcrPrediction prediction = PcrPredictor.Predict(new BootArtifacts(Firmware, Uki(), Target));
        Assert.That(
            prediction.Events,
            Has.All.Matches<PredictedEvent>(one => one!.Description.Length > 0 && one.Digest.Length == 32)
        );
        Assert.That(prediction.Values.Keys, Is.EquivalentTo(PcrPredictor.PredictedPcrs));
        Assert.That(prediction.Events.Count(one => !one.Logged), Is.EqualTo(1));
    }

    [TestCase("firmware", new[] { 0 })]
    [TestCase("uki kernel", new[] { 4, 11 })]
    [TestCase("uki initrd", new[] { 4, 9, 11 })]
    [TestCase("uki command line", new[] { 4, 9, 11 })]
    [TestCase("target kernel", new[] { 8 })]
    [TestCase("target initrd", new[] { 8 })]
    [TestCase("target root", new[] { 8 })]
    [TestCase("target command line", new[] { 8 })]
    public void One_flipped_byte_changes_exactly_the_pcrs_it_should(string part, int[] expected)
    {
        byte[] firmware = [.. Firmware];
        byte[] kernel = Kernel();
        byte[] initrd = [1, 2, 3, 4];
        byte[] commandLine = Encoding.UTF8.GetBytes("console=ttyAMA0");
        TargetDigests target = Target;
        switch (part)
        {
            case "firmware":
                firmware[^1] ^= 1;
                break;
            case "uki kernel":
                kernel[^1] ^= 1;
                break;
            case "uki initrd":
                initrd[0] ^= 1;
                break;
            case "uki command line":
                commandLine[0] ^= 1;
                break;
            case "target kernel":
                target = target with { Kernel = Digest("other") };
                break;
            case "target initrd":
                target = target with { Initrd = Digest("other") };
                break;
            case "target root":
                target = target with { Root = Digest("other") };
                break;
            default:
                target = target with { CommandLine = Digest("other") };
                break;
        }

        PcrPrediction good = PcrPredictor.Predict(new BootArtifacts(Firmware, Uki(), Target));
        PcrPrediction bad = PcrPredictor.Predict(new BootArtifacts(firmware, UkiOf(kernel, initrd, commandLine), target));
        Assert.That(
            PcrPredictor.PredictedPcrs.Where(pcr => !good.Values[pcr].SequenceEqual(bad.Values[pcr])),
            Is.EqualTo(expected)
        );
    }

    [Test]
    public void A_root_file_system_is_measured_between_the_ram_disk_and_the_command_line()
    {
        TargetDigests target = Target with { Root = Digest("root") };
        PcrPrediction prediction = PcrPredictor.Predict(new BootArtifacts(Firmware, Uki(), target));
        Assert.That(
            prediction.Events.Where(one => one.Pcr == 8).Select(one => one.Description),
            Is.EqualTo(["hwlab:kernel", "hwlab:initrd", "hwlab:root", "hwlab:cmdline", "LinuxBoot done"])
        );
    }

    [Test]
    public void The_ram_disk_is_measured_with_the_archive_that_the_stub_appends()
    {
        // Without .osrel the stub passes the section on as it is; with it, it appends /.extra/os-release.
        byte[] plain = SyntheticPe.Build((".initrd", [1, 2, 3, 4]), (".linux", Kernel()));
        PcrPrediction prediction = PcrPredictor.Predict(new BootArtifacts(Firmware, plain, null));
        Assert.That(Find(prediction, "initial RAM disk"), Is.EqualTo(SHA256.HashData([1, 2, 3, 4])));
        Assert.That(
            Find(PcrPredictor.Predict(new BootArtifacts(Firmware, Uki(), null)), "initial RAM disk"),
            Is.Not.EqualTo(SHA256.HashData([1, 2, 3, 4]))
        );

        static byte[] Find(PcrPrediction prediction, string what) =>
            prediction.Events.Single(one => one.Description.Contains(what, StringComparison.Ordinal)).Digest;
    }

    [Test]
    public void The_kernels_load_options_are_utf16_with_an_end() =>
        Assert.That(
            PcrPredictor
                .Predict(new BootArtifacts(Firmware, Uki(), null))
                .Events.Single(one => one.Description.Contains("load options", StringComparison.Ordinal))
                .Digest,
            Is.EqualTo(SHA256.HashData(Encoding.Unicode.GetBytes("console=ttyAMA0\0")))
        );

    private static IEnumerable<TestCaseData> Unpredictable()
    {
        yield return Case("no version", new byte[100], Uki());
        yield return Case(
            "two versions",
            [.. Firmware, .. FirmwareOf(Version.Replace("22", "23", StringComparison.Ordinal))],
            Uki()
        );
        yield return Case("another release", FirmwareOf("U-Boot 2025.01-3 (Jun 22 2026 - 08:38:07 +0000)"), Uki());
        yield return Case("no kernel", Firmware, SyntheticPe.Build((".initrd", [1])));
        yield return Case("profiles", Firmware, SyntheticPe.Build((".linux", Kernel()), (".profile", [1])));
        yield return Case("a section twice", Firmware, SyntheticPe.Build((".linux", Kernel()), (".linux", Kernel())));
        yield return Case("command line with a line feed", Firmware, UkiOf(Kernel(), [1], "a\nb"u8.ToArray()));
        yield return Case("command line not UTF-8", Firmware, UkiOf(Kernel(), [1], [0xFF, 0xFE]));
        yield return Case("kernel that firmware cannot start", Firmware, UkiOf([1, 2, 3], [1], "a"u8.ToArray()));

        static TestCaseData Case(string name, byte[] firmware, byte[] uki) =>
            new TestCaseData(firmware, uki).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Unpredictable))]
    public void What_cannot_be_predicted_is_refused(byte[] firmware, byte[] uki) =>
        Assert.That(() => PcrPredictor.Predict(new BootArtifacts(firmware, uki, null)), Throws.TypeOf<PredictionException>());

    private static byte[] Uki() => UkiOf(Kernel(), [1, 2, 3, 4], "console=ttyAMA0"u8.ToArray());

    private static byte[] UkiOf(byte[] kernel, byte[] initrd, byte[] commandLine) =>
        SyntheticPe.Build(
            (".osrel", "ID=hwlab\n"u8.ToArray()),
            (".cmdline", commandLine),
            (".initrd", initrd),
            (".linux", kernel)
        );

    private static byte[] Kernel() => SyntheticPe.Build((".text", Encoding.ASCII.GetBytes(new string('k', 512))));

    private static byte[] FirmwareOf(string version) =>
        Encoding.ASCII.GetBytes($"code\0{version}\0more\0{version.AsSpan(12, 2)}/01/{version.AsSpan(7, 4)}\0end");

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
