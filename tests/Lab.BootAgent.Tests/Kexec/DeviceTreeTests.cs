using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Lab.BootAgent.Kexec;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Kexec;

internal sealed class DeviceTreeTests
{
    private const string Source = """
        /dts-v1/;
        /memreserve/ 0x48000000 0x9000;
        / {
            #address-cells = <2>;
            compatible = "linux,dummy-virt";
            memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x30000000>; };
            chosen {
                bootargs = "console=ttyAMA0 old";
                kaslr-seed = <1 2>;
                rng-seed = <3 4>;
                linux,initrd-start = <0x44000000>;
                linux,initrd-end = <0x45000000>;
                linux,uefi-mmap-start = <0 0x6e000000>;
                linux,uefi-system-table = <0 0x6d000000>;
                stdout-path = "/pl011@9000000";
            };
            pl011@9000000 { reg = <0 0x9000000 0 0x1000>; empty-property; child { deep = "er"; }; };
        };
        """;

    [Test]
    public void A_tree_comes_back_as_it_was()
    {
        var tree = DeviceTree.Parse(Compile(Source));
        var again = DeviceTree.Parse(tree.ToBytes());
        Assert.That(Print(again), Is.EqualTo(Print(tree)));
        Assert.That(again.Reservations, Is.EqualTo(new[] { (0x4800_0000UL, 0x9000UL) }));
        Assert.That(Decompile(tree.ToBytes()), Is.EqualTo(Decompile(Compile(Source))), "as another program reads it");
    }

    [Test]
    public void The_next_kernel_gets_its_command_line_and_initrd_and_keeps_the_firmware_s_tables()
    {
        var seed = Enumerable.Range(0, 64).Select(each => (byte)each).ToArray();
        var blob = BootDescription.Rewrite(Compile(Source), "quiet ß"u8, (0x5000_0000, 0x5123_4567), seed);
        var chosen = DeviceTree.Parse(blob).Root.Child("chosen");
        Assert.That(Encoding.UTF8.GetString(chosen.Find("bootargs")!), Is.EqualTo("quiet ß\0"));
        Assert.That(Convert.ToHexString(chosen.Find("linux,initrd-start")!), Is.EqualTo("0000000050000000"));
        Assert.That(Convert.ToHexString(chosen.Find("linux,initrd-end")!), Is.EqualTo("0000000051234567"));
        Assert.That(chosen.Find("rng-seed"), Is.EqualTo(seed));
        Assert.That(chosen.Find("kaslr-seed"), Is.Null);
        Assert.That(chosen.Find("linux,uefi-mmap-start"), Is.Not.Null);
        Assert.That(chosen.Find("linux,uefi-system-table"), Is.Not.Null);
    }

    [Test]
    public void A_tree_without_a_chosen_node_is_given_one()
    {
        var blob = BootDescription.Rewrite(Compile("/dts-v1/; / { };"), "x"u8, (1, 2), [9]);
        Assert.That(DeviceTree.Parse(blob).Root.Child("chosen").Find("bootargs"), Is.EqualTo("x\0"u8.ToArray()));
    }

    [TestCase("two\nlines")]
    [TestCase("a\0b")]
    [TestCase(null)]
    public void Command_lines_that_would_not_arrive_as_measured_are_refused(string? commandLine) =>
        Assert.That(
            () => BootDescription.CheckCommandLine(Encoding.UTF8.GetBytes(commandLine ?? new string('x', 2048))),
            Throws.TypeOf<FormatException>()
        );

    [Test]
    public void A_command_line_that_is_no_text_is_refused() =>
        Assert.That(() => BootDescription.CheckCommandLine([0xC3, 0x28]), Throws.InstanceOf<ArgumentException>());

    private static IEnumerable<TestCaseData> Hostile()
    {
        var good = Compile(Source);
        yield return new TestCaseData(Array.Empty<byte>()).SetName("Nothing");
        yield return new TestCaseData(good[..39]).SetName("Half_a_header");
        yield return new TestCaseData(good[..^1]).SetName("Cut_short");
        yield return Word(0, 0x1234).SetName("Another_magic");
        yield return Word(4, uint.MaxValue).SetName("An_endless_size");
        yield return Word(8, uint.MaxValue - 3).SetName("A_structure_block_outside");
        yield return Word(12, uint.MaxValue).SetName("A_strings_block_outside");
        yield return Word(16, 4).SetName("Reservations_in_the_header");
        yield return Word(16, uint.MaxValue - 7).SetName("Reservations_outside");
        yield return Word(20, 16).SetName("An_old_version");
        yield return Word(24, 18).SetName("A_version_of_the_future");
        yield return Word(32, 4).SetName("Names_outside_the_strings");
        yield return Word(36, 8).SetName("A_structure_without_an_end");
        yield return new TestCaseData(Deep(65)).SetName("Too_deep");
        yield return new TestCaseData(Deep(0)).SetName("No_root");

        TestCaseData Word(int at, uint value)
        {
            var changed = good.ToArray();
            BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(at), value);
            return new TestCaseData(changed);
        }
    }

    [TestCaseSource(nameof(Hostile))]
    public void A_broken_tree_is_refused(byte[] blob) =>
        Assert.That(() => DeviceTree.Parse(blob), Throws.TypeOf<FormatException>());

    [Test]
    public void Damaged_trees_are_read_or_refused_and_what_is_read_can_be_written()
    {
        var random = new Random(20_26);
        var good = Compile(Source);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = good.ToArray();
            for (var flips = 1 + random.Next(4); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                var tree = DeviceTree.Parse(damaged);
                Assert.That(Print(DeviceTree.Parse(tree.ToBytes())), Is.EqualTo(Print(tree)));
            }
            catch (FormatException)
            {
                // Refused.
            }
        }
    }

    /// <summary>A blob of nodes only, by hand.</summary>
    private static byte[] Deep(int levels)
    {
        var words = new List<uint>();
        for (var i = 0; i < levels; i++)
            words.AddRange([DeviceTree.BeginNode, i == 0 ? 0u : 0x6100_0000]);
        words.AddRange(Enumerable.Repeat(DeviceTree.EndNode, levels));
        words.Add(DeviceTree.End);
        var size = (uint)(56 + 4 * words.Count);
        uint[] header = [DeviceTree.Magic, size, 56, size, 40, 17, 16, 0, 0, (uint)(4 * words.Count), 0, 0, 0, 0];
        return [.. header.Concat(words).SelectMany(word => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(word)))];
    }

    private static string Print(DeviceTree tree)
    {
        var text = new StringBuilder();
        Node(tree.Root, "/");
        return text.ToString();

        void Node(DeviceTreeNode node, string path)
        {
            text.AppendLine(path);
            foreach (var property in node.Properties)
                text.Append(property.Name).Append('=').AppendLine(Convert.ToHexString(property.Value));
            foreach (var child in node.Children)
                Node(child, $"{path}{child.Name}/");
        }
    }

    private static byte[] Compile(string source) => Run("-I dts -O dtb", Encoding.UTF8.GetBytes(source));

    private static string Decompile(byte[] blob) => Encoding.UTF8.GetString(Run("-I dtb -O dts -s", blob));

    private static byte[] Run(string arguments, byte[] input)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!path.Split(':').Any(place => File.Exists(Path.Combine(place, "dtc"))))
            Assert.Ignore("dtc (device-tree-compiler) is not installed.");
        var start = new ProcessStartInfo("dtc", $"-q {arguments} -")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var dtc = Process.Start(start)!;
        dtc.StandardInput.BaseStream.Write(input);
        dtc.StandardInput.Close();
        using var output = new MemoryStream();
        dtc.StandardOutput.BaseStream.CopyTo(output);
        dtc.WaitForExit();
        Assert.That(dtc.ExitCode, Is.Zero);
        return output.ToArray();
    }
}
