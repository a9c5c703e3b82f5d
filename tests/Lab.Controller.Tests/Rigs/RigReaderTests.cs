using Lab.Controller.Rigs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Errors;
using NUnit.Framework;

namespace Lab.Controller.Tests.Rigs;

[TestFixture]
internal sealed class RigReaderTests
{
    private const string Board = "boards:\n  - name: virt-1\n    driver: qemu-virt\n";

    [Test]
    public void I_can_read_the_rig_that_ships()
    {
        var rig = RigReader.Read(Path.Combine(Checkout.Root, "rigs", "qemu-virt.yaml"));
        Assert.Multiple(() =>
        {
            Assert.That(rig.Name, Is.EqualTo("qemu-virt"));
            Assert.That(rig.Network, Is.EqualTo(NetworkMode.Auto));
            Assert.That(rig.Boards.Select(board => board.Name), Is.EqualTo((string[])["virt-1", "virt-2"]));
            Assert.That(rig.Boards[0].Memory, Is.EqualTo(1L << 30));
            Assert.That(rig.FindBoard(null).Name, Is.EqualTo("virt-1"));
            Assert.That(rig.FindBoard("virt-2").Name, Is.EqualTo("virt-2"));
        });
    }

    [Test]
    public void A_short_rig_gets_what_most_rigs_want()
    {
        var rig = RigReader.Parse("rig: r\n" + Board, "r.yaml");
        Assert.Multiple(() =>
        {
            Assert.That(rig.Services, Is.EqualTo(new RigServices(Netboot: true, Registry: true, Tuf: true, Attestation: true)));
            Assert.That(rig.Target, Is.EqualTo("os/edge-node"));
            Assert.That(rig.Boards[0].HasTpm, Is.True);
            Assert.That(rig.Boards[0].FirmwarePath, Is.Null);
        });
    }

    [Test]
    public void Every_key_is_read()
    {
        using var folder = new TemporaryFolder();
        folder.Write("u-boot.bin", "firmware");
        var file = folder.Write(
            "full.yaml",
            """
            rig: full
            network: { mode: user }
            services: { netboot: true, registry: true, tuf: false, attestation: true }
            target: os/other
            attestation: { pcrs: [8, 0, 4] }
            boards:
              - { name: one, driver: qemu-virt, memory: 1GiB, cpus: 4, tpm: none, mac: "52:54:00:00:00:01", firmware: u-boot.bin }
              - { name: two, driver: qemu-virt }
            """
        );
        var rig = RigReader.Read(file);
        var board = rig.Boards[0];
        Assert.Multiple(() =>
        {
            Assert.That(rig.Network, Is.EqualTo(NetworkMode.User));
            Assert.That(rig.Services.Tuf, Is.False);
            Assert.That(rig.Target, Is.EqualTo("os/other"));
            Assert.That(rig.Pcrs, Is.EqualTo((int[])[0, 4, 8]));
            Assert.That(board.Memory, Is.EqualTo(1L << 30));
            Assert.That(board.Cpus, Is.EqualTo(4));
            Assert.That(board.HasTpm, Is.False);
            Assert.That(board.MacAddress, Is.EqualTo("52:54:00:00:00:01"));
            Assert.That(board.FirmwarePath, Is.EqualTo(Path.Combine(folder.Root, "u-boot.bin")));
        });
    }

    [TestCase("rig: r\nbord: 1\n" + Board, "2:1", "unknown key 'bord'", "rig, network, services", TestName = "an unknown key")]
    [TestCase("rig: r\nNetwork: {}\n" + Board, "2:1", "is it 'network'?", "allowed keys", TestName = "a key that is nearly one")]
    [TestCase(
        "rig: r\nnetwork: { mode: bridge }\n" + Board,
        "2:18",
        "'bridge'",
        "auto, segment, user",
        TestName = "a word that is not allowed"
    )]
    [TestCase(
        "rig: r\nnetwork: auto\n" + Board,
        "2:10",
        "a mapping belongs",
        "mode",
        TestName = "a word where a mapping belongs"
    )]
    [TestCase("rig: r\nboards: virt-1\n", "2:9", "'boards'", "list of boards", TestName = "a word where a list belongs")]
    [TestCase("rig: r\nboards: []\n", "2:9", "no boards", "at least one", TestName = "no boards")]
    [TestCase("rig: r\n", "1:1", "lacks the key 'boards'", "list of boards", TestName = "a missing key")]
    [TestCase("rig: Bad Name\n" + Board, "1:6", "'Bad Name'", "lower-case", TestName = "a name that is no name")]
    [TestCase("rig: r\nrig: s\n" + Board, "2:1", "twice", "remove one", TestName = "a key twice")]
    [TestCase("rig: r\nservices: { tuf: yes }\n" + Board, "2:18", "'yes'", "true, false", TestName = "yes is not true")]
    [TestCase("rig: r\n" + Board + "    cpus: many\n", "5:11", "'many'", "1 to 8", TestName = "a word where a number belongs")]
    [TestCase("rig: r\n" + Board + "    cpus: 9\n", "5:11", "'9'", "1 to 8", TestName = "a number that is too high")]
    [TestCase("rig: r\n" + Board + "    cpus: \"2\"\n", "5:11", "'2'", "1 to 8", TestName = "text where a number belongs")]
    [TestCase("rig: r\n" + Board + "    memory: 512M\n", "5:13", "'512M'", "512MiB", TestName = "a size without unit")]
    [TestCase("rig: r\n" + Board + "    memory: 16MiB\n", "5:13", "16MiB", "384MiB", TestName = "too little memory")]
    [TestCase("rig: r\n" + Board + "    mac: 01:00:5e:00:00:01\n", "5:10", "group address", "even", TestName = "a group address")]
    [TestCase(
        "rig: r\n" + Board + "    firmware: not-there.bin\n",
        "5:15",
        "not-there.bin",
        "not there",
        TestName = "a missing file"
    )]
    [TestCase(
        "rig: r\n" + Board + "  - name: virt-1\n    driver: qemu-virt\n",
        "5:11",
        "two boards are named 'virt-1'",
        "unique",
        TestName = "a name twice"
    )]
    [TestCase(
        "rig: r\nservices: { registry: false }\n" + Board,
        "2:11",
        "TUF",
        "registry to true",
        TestName = "TUF without registry"
    )]
    [TestCase(
        "rig: r\nattestation: { pcrs: [16] }\n" + Board,
        "2:23",
        "PCR 16",
        "leave it out",
        TestName = "a PCR that proves nothing"
    )]
    [TestCase("rig: r\nattestation: { pcrs: [1, 1] }\n" + Board, "2:26", "twice", "remove", TestName = "a PCR twice")]
    [TestCase(
        "rig: r\nattestation: {}\n" + Board + "    tpm: none\n",
        "2:14",
        "no board has a TPM",
        "swtpm",
        TestName = "attestation without TPM"
    )]
    [TestCase("rig: &a r\n" + Board, "1:6", "anchors", "write the value out", TestName = "an anchor")]
    [TestCase("rig: !!str r\n" + Board, "1:6", "tags", "remove", TestName = "a tag")]
    [TestCase("rig: r\n---\nrig: s\n", "2:1", "second document", "one rig a file", TestName = "two documents")]
    [TestCase("rig: [r\n", "", "not YAML", "", TestName = "no YAML")]
    [TestCase("", "", "empty", "rig: NAME", TestName = "an empty file")]
    public void What_is_no_rig_is_refused_at_its_place(string text, string place, string what, string allowed)
    {
        var error = Assert.Throws<RigException>(() => RigReader.Parse(text, "r.yaml"))!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Where, Does.StartWith(place.Length == 0 ? "r.yaml" : $"r.yaml:{place}"));
            Assert.That(error.Message, Does.Contain(what).And.Contain(allowed));
        });
    }

    [Test]
    public void Two_boards_with_one_MAC_address_are_refused()
    {
        const string Text =
            "rig: r\nboards:\n  - {name: a, driver: qemu-virt, mac: '52:54:00:00:00:01'}\n  - {name: b, driver: qemu-virt, mac: '52:54:00:00:00:01'}\n";
        Assert.That(Assert.Throws<RigException>(() => RigReader.Parse(Text, "r.yaml"))!.Where, Is.EqualTo("r.yaml:4:12"));
    }

    [Test]
    public void A_rig_file_that_is_not_there_is_told_from_one_that_is_wrong()
    {
        var error = Assert.Throws<RigException>(() => RigReader.Read("/nowhere/rig.yaml"))!;
        Assert.That(error.Message, Does.Contain("no such rig file").And.Contain("/nowhere/rig.yaml"));
    }

    [Test]
    public void A_board_that_is_not_there_is_answered_with_those_that_are()
    {
        var rig = RigReader.Parse("rig: r\n" + Board, "r.yaml");
        Assert.That(Assert.Throws<RigException>(() => rig.FindBoard("virt-9"))!.Message, Does.Contain("virt-1"));
    }

    [Test]
    public void Nesting_has_a_limit() =>
        Assert.Throws<RigException>(() => RigReader.Parse("rig: " + new string('[', 100_000), "r.yaml"));
}
