using System.Buffers.Binary;
using System.Text;
using Lab.Emulation.Images;
using Lab.Trust.Prediction;
using NUnit.Framework;

namespace Lab.Emulation.Tests.Images;

internal sealed class UkiBuilderTests
{
    private static readonly byte[] Stub = Pe(sectionRoom: 20, memory: 4096);
    private static readonly byte[] Kernel = Pe(sectionRoom: 1, memory: 9000);

    [Test]
    public void Every_section_is_found_again_by_an_independent_reader()
    {
        PeImage image = PeImage.Parse(Build().Content);
        Assert.Multiple(() =>
        {
            Assert.That(
                image.Sections.Select(section => section.Name),
                Is.EqualTo([".text", ".osrel", ".cmdline", ".uname", ".initrd", ".linux"])
            );
            Assert.That(Content(image, ".cmdline"), Is.EqualTo("quiet"u8.ToArray()));
            Assert.That(Content(image, ".initrd"), Is.EqualTo((byte[])[1, 2, 3]));
            Assert.That(Content(image, ".linux").AsSpan(0, Kernel.Length).ToArray(), Is.EqualTo(Kernel));
        });
    }

    [Test]
    public void The_kernel_gets_the_memory_that_it_asks_for()
    {
        PeImage image = PeImage.Parse(Build().Content);
        PeSection kernel = image.Find(".linux")!;
        Assert.That(kernel.VirtualSize, Is.EqualTo(PeImage.Parse(Kernel).SizeOfImage).And.GreaterThan(Kernel.Length));
        Assert.That(image.SizeOfImage, Is.EqualTo((kernel.VirtualAddress + kernel.VirtualSize + 4095) / 4096 * 4096));
    }

    [Test]
    public void The_ranges_say_where_the_bytes_lie()
    {
        UkiImage uki = Build();
        ByteRange range = uki.Sections[".cmdline"];
        Assert.That(Encoding.UTF8.GetString(uki.Content, (int)range.Offset, (int)range.Length), Is.EqualTo("quiet"));
    }

    [Test]
    public void The_same_inputs_give_the_same_bytes() => Assert.That(Build().Content, Is.EqualTo(Build().Content));

    [Test]
    public void A_stub_without_room_for_more_headers_is_refused() =>
        Assert.That(
            () => UkiBuilder.Build(Pe(sectionRoom: 1, memory: 4096), "", "", "", [], Kernel),
            Throws.TypeOf<InvalidDataException>()
        );

    [Test]
    public void Something_that_is_no_pe_file_is_refused() =>
        Assert.That(() => UkiBuilder.Build(new byte[4096], "", "", "", [], Kernel), Throws.TypeOf<InvalidDataException>());

    private static UkiImage Build() => UkiBuilder.Build(Stub, "ID=hwlab\n", "quiet", "6.12", [1, 2, 3], Kernel);

    private static byte[] Content(PeImage image, string name) => image.LoadedContent(image.Find(name)!);

    /// <summary>A PE32+ file with one section, and room in its headers for some more.</summary>
    private static byte[] Pe(int sectionRoom, uint memory)
    {
        const int Table = 64 + 24 + 240;
        int headers = (Table + sectionRoom * 40 + 511) / 512 * 512;
        if (sectionRoom == 1)
        {
            headers = Table + 40;
        }

        byte[] file = new byte[headers + 512];
        "MZ"u8.CopyTo(file);
        Put(0x3C, 64);
        "PE\0\0"u8.CopyTo(file.AsSpan(64));
        Put(68, 0x0001_AA64);
        Put(84, 240);
        Put(88, 0x20B);
        Put(88 + 32, 4096);
        Put(88 + 36, sectionRoom == 1 ? 1u : 512);
        Put(88 + 56, memory + 4096);
        Put(88 + 60, (uint)headers);
        Put(88 + 108, 16);
        ".text"u8.CopyTo(file.AsSpan(Table));
        Put(Table + 8, 512);
        Put(Table + 12, 4096);
        Put(Table + 16, 512);
        Put(Table + 20, (uint)headers);
        return file;

        void Put(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);
    }
}
