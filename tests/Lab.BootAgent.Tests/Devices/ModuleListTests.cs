using Lab.BootAgent.Devices;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Devices;

internal sealed class ModuleListTests
{
    [Test]
    public void I_can_list_modules_with_comments_and_blank_lines() =>
        Assert.That(
            ModuleList.Parse("# TPM\n/lib/m/tpm_tis_core.ko.xz\n\n  /lib/m/tpm_tis.ko.xz \r\n/lib/m/virtio_net.ko"),
            Is.EqualTo(["/lib/m/tpm_tis_core.ko.xz", "/lib/m/tpm_tis.ko.xz", "/lib/m/virtio_net.ko"])
        );

    [TestCase("lib/m/a.ko")]
    [TestCase("/lib/../etc/a.ko")]
    [TestCase("/etc/passwd")]
    [TestCase("/lib/a.ko\0.xz")]
    public void What_is_no_absolute_path_to_a_module_is_refused(string line) =>
        Assert.That(() => ModuleList.Parse($"/lib/m/a.ko\n{line}\n"), Throws.TypeOf<FormatException>());

    [Test]
    public void Endless_lists_are_refused() =>
        Assert.That(
            () => ModuleList.Parse(string.Concat(Enumerable.Repeat("/lib/m/a.ko\n", ModuleList.Limit + 1))),
            Throws.TypeOf<FormatException>()
        );

    [TestCase("/a.ko", false)]
    [TestCase("/a.ko.xz", true)]
    [TestCase("/a.ko.zst", true)]
    public void The_kernel_is_told_what_to_unpack(string path, bool compressed) =>
        Assert.That(ModuleList.IsCompressed(path), Is.EqualTo(compressed));
}
