#pragma warning disable CA5350 // The kernel measures with SHA-1 where it is told to.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lab.Trust.EventLogs;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.EventLogs;

/// <summary>The logs of IMA, of systemd's userspace and of confidential guests.</summary>
internal sealed class OtherLogTests
{
    private static readonly byte[] FileDigest = SHA256.HashData("a file"u8);

    [Test]
    public void I_can_replay_an_IMA_list_in_every_bank()
    {
        var first = Ng("boot_aggregate");
        var second = Ng("/usr/bin/x", signature: [3, 2, 4]);
        var log = ImaLog.Parse((byte[])[.. Ima("ima-ng", first), .. Ima("ima-sig", second)]);
        var expected = new byte[32];
        foreach (var data in new[] { first, second })
        {
            expected = SHA256.HashData((byte[])[.. expected, .. SHA256.HashData(data)]);
        }

        var sha1 = new byte[20];
        foreach (var data in new[] { first, second })
        {
            sha1 = TpmHash.Compute(TpmAlgorithm.Sha1, (byte[])[.. sha1, .. TpmHash.Compute(TpmAlgorithm.Sha1, data)]);
        }

        Assert.Multiple(() =>
        {
            Assert.That(log.Replay(TpmAlgorithm.Sha256)[10].ToArray(), Is.EqualTo(expected));
            Assert.That(log.Replay(TpmAlgorithm.Sha1)[10].ToArray(), Is.EqualTo(sha1));
            Assert.That(log.Events[1].Name, Is.EqualTo("/usr/bin/x"));
            Assert.That(log.Events[1].FileHash, Is.EqualTo("sha256"));
            Assert.That(log.Events[1].FileDigest!.Value.ToArray(), Is.EqualTo(FileDigest));
            Assert.That(log.Events[1].Extra!.Value.ToArray(), Is.EqualTo(new byte[] { 3, 2, 4 }));
            Assert.That(log.Events[0].Extra, Is.Null);
            Assert.That(() => log.Replay((TpmAlgorithm)0x12), Throws.InstanceOf<EventLogException>());
        });
    }

    [Test]
    public void The_old_IMA_template_is_hashed_with_its_name_filled_up()
    {
        var name = "/init"u8.ToArray();
        byte[] data = [.. TpmHash.Compute(TpmAlgorithm.Sha1, "x"u8), .. U32(name.Length), .. name];
        byte[] hashed = [.. TpmHash.Compute(TpmAlgorithm.Sha1, "x"u8), .. name, .. new byte[257 - name.Length]];
        byte[] entry = [.. U32(10), .. TpmHash.Compute(TpmAlgorithm.Sha1, hashed), .. U32(3), .. "ima"u8, .. data];
        var log = ImaLog.Parse(entry);
        Assert.That(log.Events.Single().Name, Is.EqualTo("/init"));
        var expected = TpmHash.Compute(
            TpmAlgorithm.Sha1,
            (byte[])[.. new byte[20], .. TpmHash.Compute(TpmAlgorithm.Sha1, hashed)]
        );
        Assert.That(log.Replay(TpmAlgorithm.Sha1)[10].ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void An_IMA_violation_extends_with_ones()
    {
        var entry = Ima("ima-ng", Ng("/tmp/x"));
        entry.AsSpan(4, 20).Clear();
        var log = ImaLog.Parse(entry);
        var ones = new byte[32];
        Array.Fill(ones, (byte)0xFF);
        Assert.That(log.Events[0].IsViolation, Is.True);
        Assert.That(
            log.Replay(TpmAlgorithm.Sha256)[10].ToArray(),
            Is.EqualTo(SHA256.HashData((byte[])[.. new byte[32], .. ones]))
        );
    }

    [Test]
    public void An_IMA_entry_whose_digest_is_not_of_its_data_is_refused_with_its_place()
    {
        byte[] first = Ima("ima-ng", Ng("a"));
        var second = Ima("ima-ng", Ng("b"));
        second[^2] ^= 1;
        var error = Assert.Throws<EventLogException>(() => ImaLog.Parse((byte[])[.. first, .. second]))!;
        Assert.That(error.Offset, Is.EqualTo(first.Length + 4));
    }

    [Test]
    public void Spoilt_IMA_lists_end_in_one_kind_of_error()
    {
        byte[] good = [.. Ima("ima-ng", Ng("a")), .. Ima("ima-sig", Ng("b", [1])), .. Ima("ima-buf", Ng("c", [2]))];
        Assert.That(ImaLog.Looks(good), Is.True);
        Fuzz(good, bytes => ImaLog.Parse(bytes).Replay(TpmAlgorithm.Sha256));

        // With the digests made right again, so that the fields are reached.
        var data = Ng("b", [1, 2, 3]);
        foreach (var bytes in Hostile.Of(data, 2000))
        {
            try
            {
                ImaLog.Parse(Ima("ima-sig", bytes));
            }
            catch (EventLogException)
            {
                // The one kind of error.
            }
        }
    }

    [Test]
    public void I_can_replay_what_systemd_measured_in_userspace()
    {
        byte[] text = [.. Record(15, "machine-id:1"), .. Record(11, "ready", "phase"), .. Record(15, "fs:/")];
        var log = UserspaceLog.Parse(text);
        var expected = new byte[32];
        foreach (var word in new[] { "machine-id:1", "fs:/" })
        {
            expected = SHA256.HashData((byte[])[.. expected, .. SHA256.HashData(Encoding.UTF8.GetBytes(word))]);
        }

        var before = new PcrValues(TpmAlgorithm.Sha256, new Dictionary<int, byte[]> { [11] = FileDigest });
        Assert.Multiple(() =>
        {
            Assert.That(UserspaceLog.Looks(text), Is.True);
            Assert.That(log.Banks, Is.EqualTo(new[] { TpmAlgorithm.Sha256 }));
            Assert.That(log.Replay(TpmAlgorithm.Sha256)[15].ToArray(), Is.EqualTo(expected));
            Assert.That(
                log.Replay(TpmAlgorithm.Sha256, before)[11].ToArray(),
                Is.EqualTo(SHA256.HashData((byte[])[.. FileDigest, .. SHA256.HashData("ready"u8)]))
            );
            Assert.That(log.Events[1].EventType, Is.EqualTo("phase"));
            Assert.That(log.Events[2].Text, Is.EqualTo("fs:/"));
            Assert.That(() => log.Replay(TpmAlgorithm.Sha384), Throws.InstanceOf<EventLogException>());
        });
    }

    [TestCase("{}\n", 0)]
    [TestCase("\u001e{\"pcr\":15}\n", 0)]
    [TestCase("\u001e{\"pcr\":24,\"digests\":[]}\n", 0)]
    [TestCase("\u001e{\"pcr\":1,\"digests\":[]}\n", 0)]
    [TestCase("\u001e{\"pcr\":1,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"00\"}]}\n", 0)]
    [TestCase("\u001e{\"pcr\":1,\"digests\":[null]}\n", 0)]
    [TestCase("\u001e[]\n", 0)]
    [TestCase("\u001e\n", 0)]
    public void What_is_no_record_is_refused_with_its_place(string text, int offset)
    {
        var error = Assert.Throws<EventLogException>(() => UserspaceLog.Parse(Encoding.UTF8.GetBytes(text)))!;
        Assert.That(error.Offset, Is.EqualTo(offset));
    }

    [Test]
    public void A_record_that_was_cut_off_is_refused_and_so_are_spoilt_ones()
    {
        byte[] first = Record(15, "a");
        byte[] good = [.. first, .. Record(15, "b")];
        var error = Assert.Throws<EventLogException>(() => UserspaceLog.Parse(good.AsMemory(0, good.Length - 1)))!;
        Assert.That(error.Offset, Is.EqualTo(first.Length));
        Fuzz(
            good,
            bytes =>
            {
                var log = UserspaceLog.Parse(bytes);
                foreach (var bank in log.Banks)
                {
                    log.Replay(bank);
                }
            }
        );
    }

    [Test]
    public void I_can_replay_the_registers_of_a_confidential_guest()
    {
        var log = new EventLogWriter(TpmAlgorithm.Sha384)
            .AppendMeasured(1, LogEventType.EfiAction, "x"u8, "x"u8)
            .AppendMeasured(4, LogEventType.Separator, new byte[4], new byte[4])
            .ToArray();
        byte[] padded = [.. log, .. Enumerable.Repeat((byte)0xFF, 100)];
        var registers = ConfidentialLog.Parse(padded).Replay();
        var expected = SHA384.HashData((byte[])[.. new byte[48], .. SHA384.HashData("x"u8)]);
        Assert.That(registers[0], Is.EqualTo(expected));
        Assert.That(registers[1], Is.EqualTo(new byte[48]));
        Assert.That(registers, Has.Count.EqualTo(4));
        Fuzz(log, bytes => ConfidentialLog.Parse(bytes).Replay());
    }

    [Test]
    public void A_log_of_a_TPM_is_none_of_a_confidential_guest()
    {
        var tpm = new EventLogWriter(TpmAlgorithm.Sha384).AppendMeasured(8, LogEventType.Ipl, "x"u8, []).ToArray();
        Assert.That(Assert.Throws<EventLogException>(() => ConfidentialLog.Parse(tpm))!.Offset, Is.GreaterThan(0));
        var sha256 = new EventLogWriter(TpmAlgorithm.Sha256).AppendMeasured(1, LogEventType.Ipl, "x"u8, []).ToArray();
        Assert.Throws<EventLogException>(() => ConfidentialLog.Parse(sha256));
    }

    private static void Fuzz(byte[] good, Action<byte[]> parse)
    {
        foreach (var bytes in Hostile.Of(good, 2000))
        {
            try
            {
                parse(bytes);
            }
            catch (EventLogException e)
            {
                Assert.That(e.Offset, Is.InRange(0, bytes.Length));
            }
        }
    }

    private static byte[] U32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Ng(string name, byte[]? signature = null)
    {
        byte[] digest = [.. "sha256:\0"u8, .. FileDigest];
        byte[] text = [.. Encoding.UTF8.GetBytes(name), 0];
        byte[] data = [.. U32(digest.Length), .. digest, .. U32(text.Length), .. text];
        return signature is null ? data : [.. data, .. U32(signature.Length), .. signature];
    }

    private static byte[] Ima(string template, byte[] data) =>
        [
            .. U32(10),
            .. TpmHash.Compute(TpmAlgorithm.Sha1, data),
            .. U32(template.Length),
            .. Encoding.ASCII.GetBytes(template),
            .. U32(data.Length),
            .. data,
        ];

    private static byte[] Record(int pcr, string word, string type = "machine-id")
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(word)));
        var json =
            $"{{\"pcr\":{pcr},\"digests\":[{{\"hashAlg\":\"sha256\",\"digest\":\"{digest}\"}}],"
            + $"\"content_type\":\"systemd\",\"content\":{{\"string\":\"{word}\",\"eventType\":\"{type}\"}}}}";
        return Encoding.UTF8.GetBytes('\u001e' + json + '\n');
    }
}
