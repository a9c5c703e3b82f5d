using Lab.Emulation.Qemu;

namespace Lab.Emulation.Tests.Qemu;

internal sealed class QemuCommandLineTests
{
    [Test]
    public void Commas_in_a_path_are_not_taken_for_options()
    {
        var line = Virt().WithConsole("/run/a,b/console", "/state/a,b.log");

        Assert.That(
            line.Arguments,
            Does.Contain("socket,id=console,path=/run/a,,b/console,server=on,wait=off,logfile=/state/a,,b.log,logappend=on")
        );
    }

    [Test]
    public void Each_piece_gives_a_new_command_line()
    {
        var bare = Virt();

        Assert.That(bare.WithTpm("/run/tpm").Arguments, Has.Length.GreaterThan(bare.Arguments.Length));
        Assert.That(bare.Arguments, Has.None.Contains("tpm-tis-device"));
    }

    [Test]
    public void A_boards_address_follows_from_its_names_and_is_locally_administered()
    {
        var address = MacAddress.For("rig", "virt-1");

        Assert.That(address, Does.Match("^52:54:00(:[0-9a-f]{2}){3}$"));
        Assert.That(MacAddress.For("rig", "virt-1"), Is.EqualTo(address));
        Assert.That(MacAddress.For("rig", "virt-2"), Is.Not.EqualTo(address));
        Assert.That(MacAddress.For("rigv", "irt-1"), Is.Not.EqualTo(address));
    }

    private static QemuCommandLine Virt() => QemuCommandLine.Virt("board", Accelerator.Translator("test"), 1, 256);
}
