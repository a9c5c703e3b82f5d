using System.Net;
using Lab.BootAgent.Network;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Network;

internal sealed class DhcpMessageTests
{
    private const string Services = "http://10.0.2.2:8080";

    [Test]
    public void I_can_read_a_whole_offer()
    {
        var message = new DhcpServerMessage(DhcpMessageType.Offer)
            .Option(1, 255, 255, 255, 0)
            .Option(3, 10, 0, 2, 2, 10, 0, 2, 3)
            .Option(6, 10, 0, 2, 3)
            .Option(12, "virt-1")
            .Option(51, 0, 1, 0x51, 0x80)
            .Option(66, Services + "/");
        Assert.That(TryParse(message.ToBytes(), out var offer), Is.True);
        Assert.That(
            offer,
            Is.EqualTo(
                new DhcpReply(
                    DhcpMessageType.Offer,
                    IPAddress.Parse("10.0.2.15"),
                    IPAddress.Parse("10.0.2.2"),
                    IPAddress.Parse("255.255.255.0"),
                    IPAddress.Parse("10.0.2.2"),
                    IPAddress.Parse("10.0.2.3"),
                    TimeSpan.FromDays(1),
                    "virt-1",
                    Services
                )
            )
        );
    }

    [Test]
    public void A_value_in_parts_is_one_value()
    {
        var message = new DhcpServerMessage(DhcpMessageType.Offer).Option(66, "http://10.0").Option(66, ".2.2:8080");
        Assert.That(TryParse(message.ToBytes(), out var offer), Is.True);
        Assert.That(offer.Services, Is.EqualTo(Services));
    }

    [Test]
    public void Options_may_go_on_in_the_server_name_field()
    {
        var message = new DhcpServerMessage(DhcpMessageType.Offer).Option(52, 2).ToBytes();
        byte[] more = [66, (byte)Services.Length, .. System.Text.Encoding.ASCII.GetBytes(Services), 255];
        more.CopyTo(message, 44);
        Assert.That(TryParse(message, out var offer), Is.True);
        Assert.That(offer.Services, Is.EqualTo(Services));
    }

    [TestCase("192.168.0.1", null)]
    [TestCase("ftp://10.0.2.2", null)]
    [TestCase("http://10.0.2.2:8080\0", Services)]
    public void Only_an_http_url_is_a_way_to_the_services(string value, string? expected)
    {
        Assert.That(TryParse(new DhcpServerMessage(DhcpMessageType.Offer).Option(66, value).ToBytes(), out var offer), Is.True);
        Assert.That(offer.Services, Is.EqualTo(expected));
    }

    private static IEnumerable<TestCaseData> Hostile()
    {
        var good = new DhcpServerMessage(DhcpMessageType.Offer).ToBytes();
        yield return new TestCaseData(Changed(good, 0, 1)).SetName("A_request");
        yield return new TestCaseData(Changed(good, 4, 0)).SetName("Another_transaction");
        yield return new TestCaseData(Changed(good, 33, 9)).SetName("Another_board");
        yield return new TestCaseData(Changed(good, 239, 0)).SetName("No_magic_cookie");
        yield return new TestCaseData(new DhcpServerMessage(DhcpMessageType.Offer).ToBytes(withEnd: false)).SetName("Cut_short");
        yield return new TestCaseData(new DhcpServerMessage(DhcpMessageType.Discover).ToBytes()).SetName("A_discover");
        yield return new TestCaseData(new DhcpServerMessage(DhcpMessageType.Offer).Option(54, 1).ToBytes()).SetName(
            "Long_server_id"
        );
        yield return new TestCaseData(new DhcpServerMessage(DhcpMessageType.Offer).Option(1, 255, 0, 255, 0).ToBytes()).SetName(
            "A_mask_with_holes"
        );
        yield return new TestCaseData(new DhcpServerMessage(DhcpMessageType.Offer) { Address = [0, 0, 0, 0] }.ToBytes()).SetName(
            "No_address"
        );
        yield return new TestCaseData(
            new DhcpServerMessage(DhcpMessageType.Offer) { Address = [224, 0, 0, 1] }.ToBytes()
        ).SetName("A_group_address");
        yield return new TestCaseData(new DhcpServerMessage(DhcpMessageType.Offer).Option(66, "http://a@b/").ToBytes()).SetName(
            "A_url_with_a_user"
        );
        yield return new TestCaseData(new byte[DhcpMessage.ReplyLimit + 1]).SetName("Too_long");
        yield return new TestCaseData(Array.Empty<byte>()).SetName("Nothing");
    }

    [TestCaseSource(nameof(Hostile))]
    public void Anything_else_is_not_taken(byte[] message) => Assert.That(TryParse(message, out _), Is.False);

    [TestCase("a b")]
    [TestCase("virt/../1")]
    [TestCase("")]
    public void A_host_name_that_is_no_name_is_ignored(string name)
    {
        Assert.That(TryParse(new DhcpServerMessage(DhcpMessageType.Offer).Option(12, name).ToBytes(), out var offer), Is.True);
        Assert.That(offer.HostName, Is.Null);
    }

    [Test]
    public void Damaged_messages_never_throw()
    {
        var random = new Random(20_26);
        var good = new DhcpServerMessage(DhcpMessageType.Offer)
            .Option(1, 255, 255, 255, 0)
            .Option(66, Services)
            .Option(52, 3)
            .ToBytes();
        for (var i = 0; i < 50_000; i++)
        {
            var damaged = good[..random.Next(good.Length + 1)];
            for (var flips = random.Next(8); flips > 0 && damaged.Length > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (TryParse(damaged, out var reply) && reply.Type != DhcpMessageType.NotAcknowledge)
                Assert.That(reply.Address.GetAddressBytes()[0], Is.InRange(1, 223));
        }
    }

    [Test]
    public void A_discover_asks_for_what_a_boot_needs()
    {
        var message = DhcpMessage.Build(DhcpServerMessage.Transaction, DhcpServerMessage.HardwareAddress, 3, offer: null);
        Assert.That(message, Has.Length.EqualTo(DhcpMessage.RequestSize));
        Assert.That(message[..12], Is.EqualTo(new byte[] { 1, 1, 6, 0, 0x12, 0x34, 0x56, 0x78, 0, 3, 0x80, 0 }));
        Assert.That(message[28..34], Is.EqualTo(DhcpServerMessage.HardwareAddress));
        Assert.That(message[236..243], Is.EqualTo(new byte[] { 0x63, 0x82, 0x53, 0x63, 53, 1, 1 }));
        Assert.That(message[243..251], Is.EqualTo(new byte[] { 55, 6, 1, 3, 6, 12, 51, 66 }));
    }

    [Test]
    public void A_request_names_the_offer()
    {
        Assert.That(TryParse(new DhcpServerMessage(DhcpMessageType.Offer).ToBytes(), out var offer), Is.True);
        var message = DhcpMessage.Build(DhcpServerMessage.Transaction, DhcpServerMessage.HardwareAddress, 0, offer);
        Assert.That(message[240..255], Is.EqualTo(new byte[] { 53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2 }));
    }

    private static byte[] Changed(byte[] message, int at, byte value)
    {
        var changed = message.ToArray();
        changed[at] = value;
        return changed;
    }

    private static bool TryParse(byte[] message, out DhcpReply reply) =>
        DhcpMessage.TryParse(message, DhcpServerMessage.Transaction, DhcpServerMessage.HardwareAddress, out reply);
}
