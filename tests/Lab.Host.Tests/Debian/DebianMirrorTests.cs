using Lab.Host.Debian;
using Lab.Model.Errors;

namespace Lab.Host.Tests.Debian;

internal sealed class DebianMirrorTests
{
    private string _apt = "";

    [SetUp]
    public void Make_a_folder()
    {
        _apt = Directory.CreateTempSubdirectory("hwlab-apt-").FullName;
        Directory.CreateDirectory(Path.Combine(_apt, "sources.list.d"));
    }

    [TearDown]
    public void Remove_the_folder() => Directory.Delete(_apt, recursive: true);

    [Test]
    public void I_can_read_one_line_sources()
    {
        Write(
            "sources.list",
            """
            # deb http://commented.example/debian bookworm main
            deb-src http://source.example/debian bookworm main
            deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm main contrib # remark
            """
        );
        Assert.That(DebianMirror.Find(null, _apt), Is.EqualTo("http://mirror.example/debian"));
    }

    [Test]
    public void I_can_read_deb822_sources()
    {
        Write(
            "sources.list.d/debian.sources",
            """
            Enabled: no
            Types: deb
            URIs: http://disabled.example/debian
            Suites: trixie
            Components: main

            Types: deb deb-src
            # a remark inside
            URIs: http://mirror.example/debian
            Suites: trixie
             trixie-updates
            Components: main
            """
        );
        Assert.That(DebianMirror.Find(null, _apt), Is.EqualTo("http://mirror.example/debian"));
    }

    [Test]
    public void Sources_of_others_are_passed_over()
    {
        Write(
            "sources.list.d/a.list",
            """
            deb http://vendor.example/apt stable vendor
            deb http://security.example/debian-security bookworm-security main
            deb http://ubuntu.example/ubuntu noble main
            """
        );
        Write("sources.list.d/b.list", "deb http://mirror.example/debian sid main");
        Write("sources.list.d/c.list.save", "deb http://backup.example/debian sid main");
        Assert.That(DebianMirror.Find(null, _apt), Is.EqualTo("http://mirror.example/debian"));
    }

    [Test]
    public void A_setting_wins()
    {
        Write("sources.list", "deb http://mirror.example/debian bookworm main");
        Assert.That(DebianMirror.Find("http://chosen.example/debian/", _apt), Is.EqualTo("http://chosen.example/debian"));
    }

    [Test]
    public void A_machine_that_knows_no_debian_mirror_is_told_the_setting() =>
        Assert.That(
            () => DebianMirror.Find(" ", _apt),
            Throws.TypeOf<LabException>().With.Property(nameof(LabException.Remedy)).Contains(DebianMirror.Setting)
        );

    [Test]
    public void Torn_sources_are_passed_over()
    {
        Write("sources.list", "deb [arch=amd64 http://torn.example bookworm main\ndeb\ndeb http://short.example\n");
        Write("sources.list.d/torn.sources", "Types deb\n : \nURIs\n");
        Assert.That(DebianMirror.ReadSources(_apt), Is.Empty);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_apt, name), text);
}
