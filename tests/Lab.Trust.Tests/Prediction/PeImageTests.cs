using System.Security.Cryptography;
using Lab.Trust.Prediction;
using NUnit.Framework;

namespace Lab.Trust.Tests.Prediction;

internal sealed class PeImageTests
{
    private static readonly byte[] Plain = SyntheticPe.Build((".text", Bytes(700)), (".data", Bytes(300)));

    [Test]
    public void The_authenticode_hash_is_that_of_the_file_without_checksum_and_certificate_entry()
    {
        byte[] expected = SHA256.HashData([
            .. Plain[..SyntheticPe.ChecksumOffset],
            .. Plain[(SyntheticPe.ChecksumOffset + 4)..SyntheticPe.CertificateEntry],
            .. Plain[(SyntheticPe.CertificateEntry + 8)..],
        ]);
        Assert.That(PeImage.Parse(Plain).AuthenticodeSha256(), Is.EqualTo(expected));
    }

    [Test]
    public void Signing_a_file_does_not_change_its_hash()
    {
        byte[] signed = SyntheticPe.WithCertificate(Plain, Bytes(64));
        Assert.That(PeImage.Parse(signed).AuthenticodeSha256(), Is.EqualTo(PeImage.Parse(Plain).AuthenticodeSha256()));
    }

    [Test]
    public void Every_byte_but_checksum_and_certificate_entry_counts()
    {
        byte[] before = PeImage.Parse(Plain).AuthenticodeSha256();
        foreach (int offset in Enumerable.Range(SyntheticPe.HeaderSize, Plain.Length - SyntheticPe.HeaderSize))
        {
            byte[] changed = [.. Plain];
            changed[offset] ^= 1;
            Assert.That(PeImage.Parse(changed).AuthenticodeSha256(), Is.Not.EqualTo(before), $"byte {offset}");
        }

        byte[] checksum = [.. Plain];
        checksum[SyntheticPe.ChecksumOffset] ^= 1;
        Assert.That(PeImage.Parse(checksum).AuthenticodeSha256(), Is.EqualTo(before));
    }

    [Test]
    public void Bytes_behind_the_last_section_count()
    {
        byte[] longer = [.. Plain, .. Bytes(8)];
        Assert.That(PeImage.Parse(longer).AuthenticodeSha256(), Is.Not.EqualTo(PeImage.Parse(Plain).AuthenticodeSha256()));
    }

    [Test]
    public void A_section_is_loaded_with_its_virtual_size()
    {
        byte[] file = [.. Plain];
        SyntheticPe.Put32(file, SyntheticPe.SectionTable + 8, 1000);
        PeImage image = PeImage.Parse(file);
        byte[] content = image.LoadedContent(image.Find(".text")!);
        Assert.That(content, Is.EqualTo((byte[])[.. Bytes(700), .. new byte[300]]));
    }

    private static IEnumerable<TestCaseData> Hostile()
    {
        yield return Case("empty", []);
        yield return Case("no MZ", With(0, 0));
        yield return Case("PE header outside", With(0x3C, uint.MaxValue));
        yield return Case("PE header just outside", With(0x3C, (uint)Plain.Length - 100));
        yield return Case("no sections", With(70, 0xAA64_0000 & 0));
        yield return Case("65535 sections", With(70, 0x0000FFFF));
        yield return Case("headers larger than the file", With(64 + 24 + 60, (uint)Plain.Length + 1));
        yield return Case("file alignment 0", With(64 + 24 + 36, 0));
        yield return Case("file alignment 3", With(64 + 24 + 36, 3));
        yield return Case("2 GiB in memory", With(64 + 24 + 56, 1u << 31));
        yield return Case("too many directories", With(64 + 24 + 108, 17));
        yield return Case("section outside the file", With(SyntheticPe.SectionTable + 20, (uint)Plain.Length));
        yield return Case("section of 4 GiB", With(SyntheticPe.SectionTable + 16, uint.MaxValue));
        yield return Case("section over the headers", With(SyntheticPe.SectionTable + 20, 0));
        yield return Case("overlapping sections", With(SyntheticPe.SectionTable + 40 + 20, SyntheticPe.HeaderSize));
        yield return Case("sections out of order", With(SyntheticPe.SectionTable + 12, 1u << 20));
        yield return Case("certificates outside the file", With(SyntheticPe.CertificateEntry + 4, uint.MaxValue));

        static TestCaseData Case(string name, byte[] file) => new TestCaseData(file).SetArgDisplayNames(name);
        static byte[] With(int offset, uint value)
        {
            byte[] file = [.. Plain];
            SyntheticPe.Put32(file, offset, value);
            return file;
        }
    }

    [TestCaseSource(nameof(Hostile))]
    public void A_file_that_contradicts_itself_is_refused(byte[] file) =>
        Assert.That(() => PeImage.Parse(file), Throws.TypeOf<PredictionException>());

    [Test]
    public void Random_damage_ends_in_a_hash_or_a_refusal()
    {
        var random = new Random(20260101);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] file = [.. Plain];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                file[random.Next(SyntheticPe.HeaderSize)] = (byte)random.Next(256);
            }

            ReadOnlyMemory<byte> cut = file.AsMemory(0, random.Next(4) == 0 ? random.Next(file.Length) : file.Length);
            try
            {
                PeImage image = PeImage.Parse(cut);
                Assert.That(image.AuthenticodeSha256(), Has.Length.EqualTo(32));
            }
            catch (PredictionException)
            {
                // The one answer that damage may have.
            }
        }
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
