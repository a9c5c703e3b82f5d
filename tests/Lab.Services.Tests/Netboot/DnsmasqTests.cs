using System.Net;
using Lab.Model.Errors;
using Lab.Services.Netboot;

namespace Lab.Services.Tests.Netboot;

public sealed class DnsmasqTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private static DnsmasqCommandLine Segment =>
        new()
        {
            Interface = "br0",
            Server = IPAddress.Parse("10.0.2.2"),
            FirstLease = IPAddress.Parse("10.0.2.15"),
            LastLease = IPAddress.Parse("10.0.2.199"),
            Netmask = IPAddress.Parse("255.255.255.0"),
            BoardOrigin = new Uri("http://10.0.2.2:80"),
            BootFile = "uki.efi",
            FilesFolder = "/run/files",
            LeaseFile = "/run/leases",
        };

    [Test]
    public void The_command_line_is_this_one() =>
        Assert.That(
            string.Join('\n', Segment.ToArguments()),
            Is.EqualTo(
                """
                --keep-in-foreground
                --conf-file=/dev/null
                --no-resolv
                --no-hosts
                --no-ping
                --port=0
                --user=root
                --group=root
                --pid-file=
                --log-facility=-
                --log-dhcp
                --interface=br0
                --except-interface=lo
                --bind-interfaces
                --dhcp-range=10.0.2.15,10.0.2.199,255.255.255.0,1h
                --dhcp-authoritative
                --dhcp-leasefile=/run/leases
                --dhcp-option=3
                --dhcp-option=6
                --dhcp-option=66,http://10.0.2.2
                --dhcp-boot=uki.efi,,10.0.2.2
                --enable-tftp=br0
                --tftp-root=/run/files
                --tftp-max=64
                """
            )
        );

    [TestCase("a,b")]
    [TestCase("")]
    [TestCase("a\nb")]
    public void A_name_that_would_become_another_option_is_refused(string name) =>
        Assert.That(() => (Segment with { BootFile = name }).ToArguments(), Throws.TypeOf<RigException>());

    [TestCase("dnsmasq: started, version 2.90 DNS disabled", NetbootEventKind.Started, null, null, null)]
    [TestCase(
        "dnsmasq-dhcp: 305419896 DHCPDISCOVER(br0) 52:54:00:12:34:56",
        NetbootEventKind.Discover,
        "52:54:00:12:34:56",
        null,
        null
    )]
    [TestCase(
        "dnsmasq-dhcp: 305419896 DHCPACK(br0) 10.0.2.77 52:54:00:AB:34:56 name",
        NetbootEventKind.Acknowledge,
        "52:54:00:ab:34:56",
        "10.0.2.77",
        null
    )]
    [TestCase("dnsmasq-tftp: sent /run/files/uki.efi to 10.0.2.77", NetbootEventKind.FileSent, null, "10.0.2.77", "uki.efi")]
    [TestCase(
        "dnsmasq-tftp: failed sending /run/a b.efi to 10.0.2.77",
        NetbootEventKind.FileFailed,
        null,
        "10.0.2.77",
        "a b.efi"
    )]
    [TestCase("dnsmasq-tftp: file /run/files/no not found for 10.0.2.77", NetbootEventKind.FileMissing, null, "10.0.2.77", "no")]
    public void Its_log_is_understood(string line, NetbootEventKind kind, string? mac, string? address, string? file) =>
        Assert.That(DnsmasqLog.Parse(line, Now), Is.EqualTo(new NetbootEvent(Now, kind, mac, address, file, line)));

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Other_lines_are_left_out_or_kept_whole(string line) =>
        line is null || DnsmasqLog.Parse(line, Now) is not { } parsed || parsed.Line == line;
}
