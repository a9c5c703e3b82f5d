using Lab.Controller.Rigs;
using Lab.Hardware.Consoles.Serial;
using Lab.Hardware.Power.Relays;
using Lab.Model.Errors;
using NUnit.Framework;

namespace Lab.Controller.Tests.Rigs;

[TestFixture]
internal sealed class WiredRigTests
{
    private const string Rack = """
        rig: rack
        network: { interface: eth1 }
        templates:
          pi:
            driver: wired
            power: { driver: serial-relay, device: /dev/serial/by-id/relay, off-time: 3 }
            console: { driver: serial, speed: 115200 }
            tpm: { authority: tpm/authority.pem }
        boards:
          - name: pi-1
            template: pi
            mac: "dc:a6:32:00:00:01"
            power: { outlet: 1 }
            console: { device: /dev/serial/by-id/one }
            tpm: { certificate: tpm/pi-1.der }
          - name: pi-2
            template: pi
            mac: "dc:a6:32:00:00:02"
            power: { outlet: 2, off-time: 5 }
            console:
              - { driver: serial, device: /dev/serial/by-id/two }
              - { driver: tcp, name: bmc, address: "192.0.2.7:2001" }
            tpm: none
        """;

    [Test]
    public void A_template_gives_its_boards_what_they_do_not_say_themselves()
    {
        var rig = RigReader.Parse(Rack, "/rigs/rack.yaml");
        var (one, two) = (rig.Boards[0].Wiring!, rig.Boards[1].Wiring!);
        Assert.Multiple(() =>
        {
            Assert.That(rig.HostInterface, Is.EqualTo("eth1"));
            Assert.That(one.Power!.Outlet, Is.EqualTo(new SerialRelayOptions("/dev/serial/by-id/relay", 1, false, false)));
            Assert.That(one.Power.Options.OffTime, Is.EqualTo(TimeSpan.FromSeconds(3)));
            Assert.That(two.Power!.Options.OffTime, Is.EqualTo(TimeSpan.FromSeconds(5)));
            Assert.That(((SerialOptions)one.Consoles.Single().Line).Speed, Is.EqualTo(115_200));
            Assert.That(one.Consoles.Single().At, Does.StartWith("/rigs/rack.yaml:14:"), "a section stands where its board does");
            Assert.That(two.Consoles.Select(console => console.Options.Name), Is.EqualTo((string[])["console", "bmc"]));
            Assert.That(one.Tpm!.CertificatePath, Is.EqualTo("/rigs/tpm/pi-1.der"));
            Assert.That(one.Tpm.AuthorityPath, Is.EqualTo("/rigs/tpm/authority.pem"));
            Assert.That(two.Tpm, Is.Null);
            Assert.That(rig.Boards.Select(board => board.HasTpm), Is.EqualTo((bool[])[true, false]));
        });
    }

    [TestCase("template: pi", "template: po", "11:15", "no template 'po'", "one of: pi")]
    [TestCase("device: /dev/serial/by-id/one", "devise: x", "14:24", "takes no 'devise'", "device, speed")]
    [TestCase("power: { outlet: 1 }", "power: { outlet: 9 }", "13:22", "cannot be '9'", "1 to 8")]
    [TestCase("power: { outlet: 1 }", "power: { driver: magic }", "13:22", "cannot be 'magic'", "command, shelly")]
    [TestCase("power: { outlet: 1 }", "power: { outlet: [[1]] }", "13:22", "cannot be a list", "a value")]
    [TestCase("power: { outlet: 1 }", "power: on", "13:12", "where a mapping belongs", "driver: one of")]
    [TestCase("power: { outlet: 1 }", "memory: 1GiB", "13:13", "has no 'memory'", "power, console")]
    [TestCase("mac: \"dc:a6:32:00:00:01\"", "", "10:5", "lacks the key 'mac'", "on its label")]
    [TestCase("outlet: 2,", "outlet: 1,", "19:12", "same outlet", "its own")]
    [TestCase("by-id/two", "by-id/one", "21:9", "same console line", "its own")]
    [TestCase("name: bmc", "name: console", "22:9", "two consoles", "unique on the board")]
    [TestCase("tpm: none", "tpm: swtpm", "23:10", "cannot be 'swtpm'", "one of: none")]
    [TestCase("{ authority: tpm/authority.pem }", "{ autority: x }", "8:12", "unknown key 'autority'", "certificate, authority")]
    [TestCase("driver: wired", "drivr: wired", "5:5", "unknown key 'drivr'", "driver")]
    [TestCase("driver: wired", "memory: 1GiB", "10:5", "lacks the key 'driver'", "qemu-virt, wired")]
    [TestCase("interface: eth1", "interface: 'eth 1'", "2:23", "cannot be 'eth 1'", "such as eth1")]
    [TestCase("interface: eth1", "interface: eth1, mode: user", "2:35", "leads to no interface", "mode")]
    public void What_cannot_be_wired_is_refused_with_its_place_and_what_is_allowed(
        string part,
        string other,
        string place,
        string what,
        string remedy
    )
    {
        var error = Assert.Throws<RigException>(() =>
            RigReader.Parse(Rack.Replace(part, other, StringComparison.Ordinal), "r.yaml")
        );
        Assert.Multiple(() =>
        {
            Assert.That(error!.Where, Is.EqualTo($"r.yaml:{place}"), error.Message);
            Assert.That(error.What, Does.Contain(what));
            Assert.That(error.Remedy, Does.Contain(remedy));
        });
    }

    [Test]
    public void A_secret_is_named_and_never_written_into_a_rig()
    {
        const string Board =
            "{ name: a, driver: wired, mac: '02:00:00:00:00:01', power: { driver: shelly, address: a, password: PASSWORD } }";
        var reference = RigReader.Parse(
            "rig: r\nboards: [" + Board.Replace("PASSWORD", "env:P", StringComparison.Ordinal) + "]",
            "r.yaml"
        );
        var error = Assert.Throws<RigException>(() =>
            RigReader.Parse("rig: r\nboards: [" + Board.Replace("PASSWORD", "geheim", StringComparison.Ordinal) + "]", "r.yaml")
        );
        Assert.Multiple(() =>
        {
            Assert.That(reference.Boards[0].Wiring!.Power, Is.Not.Null);
            Assert.That(error!.Message, Does.Contain("no reference to a secret").And.Not.Contain("geheim"));
        });
    }

    [Test]
    public void A_virtual_board_has_no_place_on_an_interface()
    {
        var error = Assert.Throws<RigException>(() =>
            RigReader.Parse("rig: r\nnetwork: { interface: eth1 }\nboards: [{ name: a, driver: qemu-virt }]", "r.yaml")
        );
        Assert.That(error!.Message, Does.Contain("'a' is virtual").And.Contain("a rig of their own"));
    }
}
