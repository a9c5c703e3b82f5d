using Lab.BootAgent.Kexec;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Kexec;

internal sealed class MemoryMapTests
{
    private const string Board = """
        04000000-07ffffff : 4000000.flash flash@0
        09000000-09000fff : pl011@9000000
          09000000-09000fff : 9000000.pl011 pl011@9000000
        40000000-6fffffff : System RAM
          40210000-4200ffff : Kernel code
          42010000-425fffff : reserved
          42600000-42a4ffff : Kernel data
          48000000-48008fff : reserved
          6c000000-6fffffff : reserved
        4010000000-401fffffff : PCI ECAM

        """;

    [Test]
    public void Places_are_taken_from_below_and_never_twice()
    {
        var memory = MemoryMap.Parse(Board);
        Assert.That(memory.Take(0x20_0000, 0x20_0000), Is.EqualTo(0x4000_0000));
        Assert.That(memory.Take(0x1000, 0x1000), Is.EqualTo(0x4020_0000));
        Assert.That(memory.Take(0x1000, 0x1000), Is.EqualTo(0x4020_1000));
    }

    [Test]
    public void What_firmware_left_in_memory_is_kept()
    {
        var memory = MemoryMap.Parse(Board);
        Assert.That(memory.Take(0x600_0000, 0x20_0000), Is.EqualTo(0x4820_0000), "behind the reserved pages");
        Assert.That(() => memory.Take(0x2400_0000, 0x1000), Throws.TypeOf<FormatException>(), "not into the reserved end");
    }

    [TestCase("")]
    [TestCase("00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n")]
    [TestCase("40000000 : System RAM\n")]
    [TestCase("6-4 : System RAM\n")]
    [TestCase("0-ffffffffffffffff : System RAM\n")]
    [TestCase("zz-aa : System RAM\n")]
    public void Maps_that_say_nothing_useful_are_refused(string text) =>
        Assert.That(() => MemoryMap.Parse(text), Throws.TypeOf<FormatException>());

    [TestCase(0)]
    [TestCase(75_000_003)]
    public void A_plan_has_no_overlaps_and_keeps_kernels_and_trees_aligned(int rootSize)
    {
        var image = new Arm64Image(0x8_0000, 0x1F8_1234);
        var plan = KexecPlan.Make(
            MemoryMap.Parse(Board),
            image,
            initrdSize: 40_000_001,
            rootSize,
            handoverSize: 5000,
            pageSize: 4096
        );
        var parts = new[] { plan.Kernel, plan.Initrd, plan.Root, plan.Handover, plan.DeviceTree, plan.Trampoline }
            .OrderBy(part => part.Start)
            .ToList();
        Assert.That(parts.Zip(parts.Skip(1)).All(pair => pair.First.End <= pair.Second.Start), Is.True);
        Assert.That(plan.Kernel.Start % Arm64Image.BaseAlignment, Is.EqualTo(0x8_0000));
        Assert.That(plan.Kernel.Size, Is.GreaterThanOrEqualTo(image.ImageSize));
        Assert.That(plan.DeviceTree.Start % DeviceTree.SizeLimit, Is.Zero);
        Assert.That(plan.Root.Start, Is.EqualTo(plan.Initrd.End));
        Assert.That(plan.Root.Size, Is.GreaterThanOrEqualTo((ulong)rootSize));
        Assert.That(plan.Handover.Start, Is.EqualTo(plan.Root.End));
        Assert.That(parts.All(part => part.End % 4096 == 0), Is.True);
    }
}
