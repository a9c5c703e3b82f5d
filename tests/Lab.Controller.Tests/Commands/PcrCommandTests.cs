using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lab.Controller.Commands;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Prediction;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Controller.Tests.Commands;

/// <summary><c>hwlab pcr predict|sign|check|replay</c>, and every way not to use them.</summary>
[TestFixture]
internal sealed class PcrCommandTests
{
    private const string Version = "U-Boot 2023.01+dfsg-2 (Jun 22 2026 - 08:38:07 +0000)";

    // The SMBIOS date that this release has stands apart from its version.
    private const string Firmware = $"code\0{Version}\0more\001/01/2023\0end";

    private TemporaryFolder _folder = null!;
    private string _uki = null!;
    private string _key = null!;
    private string _public = null!;

    [SetUp]
    public void MakeFiles()
    {
        _folder = new TemporaryFolder();
        _uki = WriteUki("uki.efi", "quiet");
        using var key = RSA.Create(2048);
        _key = _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        _public = _folder.Write("key.pub", key.ExportSubjectPublicKeyInfoPem());
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task I_can_sign_the_phases_of_an_image_and_check_them()
    {
        var signed = await ExpectAsync(0, "pcr", "sign", "--uki", _uki, "--key", _key);
        var entries = JsonDocument.Parse(signed).RootElement.GetProperty("sha256");
        var file = _folder.Write("policies.json", signed);
        var checkedAll = await ExpectAsync(0, "pcr", "check", file, "--uki", _uki, "--key", _public);
        Assert.Multiple(() =>
        {
            Assert.That(entries.GetArrayLength(), Is.EqualTo(UkiPhases.Standard.Count));
            Assert.That(entries[0].GetProperty("pcrs")[0].GetInt32(), Is.EqualTo(11));
            Assert.That(checkedAll.TrimEnd().Split('\n'), Has.Length.EqualTo(4).And.All.StartsWith("✓"));
        });
    }

    [Test]
    public async Task A_phase_that_was_not_signed_another_image_and_another_key_fail_the_check()
    {
        var file = _folder.Write(
            "policies.json",
            await ExpectAsync(0, "pcr", "sign", "--uki", _uki, "--key", _key, "--phase", "enter-initrd")
        );
        using var other = RSA.Create(2048);
        var foreign = _folder.Write("other.pub", other.ExportSubjectPublicKeyInfoPem());
        var altered = WriteUki("altered.efi", "quieT");
        await ExpectAsync(0, "pcr", "check", file, "--uki", _uki, "--key", _public, "--phase", "enter-initrd");
        Assert.That(await ExpectAsync(1, "pcr", "check", file, "--uki", _uki, "--key", _public), Does.Contain("✗ enter-initrd:"));
        await ExpectAsync(1, "pcr", "check", file, "--uki", _uki, "--key", foreign, "--phase", "enter-initrd");
        await ExpectAsync(1, "pcr", "check", file, "--uki", altered, "--key", _public, "--phase", "enter-initrd");
    }

    [Test]
    public async Task Signing_and_checking_say_what_cannot_be_used()
    {
        var policies = _folder.Write("policies.json", "{}");
        var text = _folder.Write("text", "no image, no key, no policies");
        Assert.That(await ExpectAsync(2, "pcr", "sign", "--uki", text, "--key", _key), Does.Contain(text));
        Assert.That(await ExpectAsync(2, "pcr", "sign", "--uki", _uki, "--key", _public), Does.Contain("no RSA key"));
        Assert.That(await ExpectAsync(2, "pcr", "sign", "--uki", _uki, "--key", text), Does.Contain("no RSA key"));
        Assert.That(await ExpectAsync(2, "pcr", "sign", "--uki", "/nowhere", "--key", _key), Does.Contain("/nowhere"));
        Assert.That(await ExpectAsync(2, "pcr", "sign", "--key", _key), Does.Contain("--uki"));
        Assert.That(await ExpectAsync(2, "pcr", "check", text, "--uki", _uki, "--key", _public), Does.Contain("not signed PCR"));
        await ExpectAsync(2, "pcr", "check", "/nowhere", "--uki", _uki, "--key", _public);
        await ExpectAsync(1, "pcr", "check", policies, "--uki", _uki, "--key", _public);
    }

    [Test]
    public async Task I_can_predict_and_write_reference_values_that_a_policy_takes()
    {
        var firmware = _folder.Write("u-boot.bin", Firmware);
        var kernel = _folder.Write("kernel", "kernel");
        var reference = Path.Combine(_folder.Root, "reference.json");
        string[] target = ["--kernel", kernel, "--initrd", kernel, "--cmdline", "quiet"];
        var table = await ExpectAsync(0, ["pcr", "predict", "--firmware", firmware, "--uki", _uki, .. target]);
        var json = JsonDocument
            .Parse(
                await ExpectAsync(
                    0,
                    ["pcr", "predict", "--firmware", firmware, "--uki", _uki, .. target, "--json", "--reference", reference]
                )
            )
            .RootElement;
        var values = ReferenceValues.Parse(File.ReadAllBytes(reference));
        Assert.Multiple(() =>
        {
            Assert.That(table, Does.Match("(?m)^8 +[0-9a-f]{64}$"));
            Assert.That(json.GetProperty("bank").GetString(), Is.EqualTo("sha256"));
            Assert.That(json.GetProperty("events").GetArrayLength(), Is.GreaterThan(10));
            foreach (var pcr in json.GetProperty("pcrs").EnumerateArray())
            {
                var value = Convert.FromHexString(pcr.GetProperty("value").GetString()!);
                Assert.That(values.Pcrs[pcr.GetProperty("index").GetInt32()], Is.EqualTo((byte[][])[value]));
            }

            Assert.That(
                values.Pcr0Start,
                Is.EqualTo(HardwareCrtm.StartValue(TpmAlgorithm.Sha256, SHA256.HashData(File.ReadAllBytes(firmware))))
            );
        });
    }

    [Test]
    public async Task Without_a_target_its_PCR_stays_empty_and_half_a_target_is_refused()
    {
        var firmware = _folder.Write("u-boot.bin", Firmware);
        string[] line = ["pcr", "predict", "--firmware", firmware, "--uki", _uki];
        Assert.That(await ExpectAsync(0, [.. line, "--no-rom"]), Does.Match("(?m)^8 +0{64}$"));
        Assert.That(await ExpectAsync(2, [.. line, "--kernel", firmware]), Does.Contain("--cmdline"));
        Assert.That(await ExpectAsync(2, [.. line, "--root", firmware]), Does.Contain("--initrd"));
        var other = _folder.Write("other.bin", "no U-Boot at all");
        await ExpectAsync(2, "pcr", "predict", "--firmware", other, "--uki", _uki);
        await ExpectAsync(2, "pcr", "predict", "--firmware", firmware, "--uki", other);
    }

    [Test]
    public async Task Replay_counts_what_a_ROM_measured_and_refuses_it_where_no_ROM_is()
    {
        var log = Path.Combine(_folder.Root, "log");
        var firmware = _folder.Write("u-boot.bin", "firmware");
        var writer = new EventLogWriter(TpmAlgorithm.Sha256);
        File.WriteAllBytes(log, writer.AppendMeasured(0, LogEventType.SCrtmVersion, "v"u8, "v"u8).ToArray());
        var without = await ExpectAsync(0, "pcr", "replay", log);
        var with = await ExpectAsync(0, "pcr", "replay", log, "--firmware", firmware);
        var start = HardwareCrtm.StartValue(TpmAlgorithm.Sha256, SHA256.HashData("firmware"u8));
        var expected = SHA256.HashData([.. start, .. SHA256.HashData("v"u8)]);
        Assert.Multiple(() =>
        {
            Assert.That(with, Does.Contain(Convert.ToHexStringLower(expected)));
            Assert.That(without, Is.Not.EqualTo(with));
        });
        await ExpectAsync(2, "pcr", "replay", log, "--firmware", "/nowhere");
        await ExpectAsync(2, "pcr", "replay", log, "--format", "nonsense");
        await ExpectAsync(2, "pcr", "replay", log, "--bank", "md5");
    }

    private string WriteUki(string name, string commandLine)
    {
        var path = Path.Combine(_folder.Root, name);
        File.WriteAllBytes(
            path,
            Pe(
                (".text", new byte[512]),
                (".osrel", Encoding.ASCII.GetBytes("ID=x\n")),
                (".cmdline", Encoding.ASCII.GetBytes(commandLine)),
                (".linux", Pe((".text", new byte[512])))
            )
        );
        return path;
    }

    /// <summary>A PE32+ image of that form that only hashing looks at (Microsoft PE format, sections 2 to 4).</summary>
    private static byte[] Pe(params (string Name, byte[] Content)[] sections)
    {
        const int Headers = 1024;
        const int Optional = 64 + 24;
        var file = new byte[Headers + sections.Sum(section => Align(section.Content.Length, 512))];
        "MZ"u8.CopyTo(file);
        Put(file, 0x3C, 64);
        "PE\0\0"u8.CopyTo(file.AsSpan(64));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(68), 0xAA64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(70), (ushort)sections.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(84), 240);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(Optional), 0x20B);
        Put(file, Optional + 32, 4096);
        Put(file, Optional + 36, 512);
        Put(file, Optional + 60, Headers);
        Put(file, Optional + 108, 16);
        var (address, offset) = (4096, Headers);
        for (var index = 0; index < sections.Length; index++)
        {
            var (name, content) = sections[index];
            var header = Optional + 240 + (index * 40);
            Encoding.ASCII.GetBytes(name).CopyTo(file, header);
            Put(file, header + 8, content.Length);
            Put(file, header + 12, address);
            Put(file, header + 16, Align(content.Length, 512));
            Put(file, header + 20, offset);
            content.CopyTo(file, offset);
            offset += Align(content.Length, 512);
            address += Align(content.Length, 4096);
        }

        Put(file, Optional + 56, address);
        return file;
    }

    private static void Put(byte[] file, int offset, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);

    private static int Align(int value, int unit) => (value + unit - 1) / unit * unit;

    private async Task<string> ExpectAsync(int code, params string[] line)
    {
        using var output = new StringWriter();
        var environment = new LabEnvironment
        {
            Output = output,
            Error = output,
            Folders = new LabFolders(_folder.Root, _folder.Root, Path.GetTempPath()),
            Wiring = new Lazy<ILabWiring>(() => throw new InvalidOperationException("the trust tools need no lab")),
        };
        Assert.That(await CommandLine.InvokeAsync(line, environment, default), Is.EqualTo(code), output.ToString());
        return output.ToString();
    }
}
