using Lab.BootAgent.Cluster;
using Lab.BootAgent.Network;
using Lab.BootAgent.Tests.Network;
using Lab.Trust.Tests.Fuzzing;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Fuzzing;

/// <summary>What a network may send to the boot agent. TFTP is the firmware's: the agent speaks HTTP.</summary>
[Category("Fuzz")]
internal sealed class AgentFuzzTests
{
    private const string Secret =
        """{"version":1,"node":"virt-1","token":"abcdef.0123456789abcdef","apiServer":"https://10.0.2.2:6443","caCertHash":"sha256:0000000000000000000000000000000000000000000000000000000000000000","kubernetes":"v1.20.2","attestEverySeconds":15,"podCidr":"10.244.1.0/24","clusterDns":"10.96.0.10","registry":"registry.hwlab"}""";

    [TestCaseSource(nameof(Targets))]
    public void Bytes_are_read_or_refused(FuzzTarget target) => FuzzBudget.Spend(target, Targets().Count());

    private static IEnumerable<FuzzTarget> Targets()
    {
        var offer = new DhcpServerMessage(DhcpMessageType.Offer)
            .Option(1, 255, 255, 255, 0)
            .Option(3, 10, 0, 2, 2)
            .Option(6, 10, 0, 2, 3)
            .Option(12, "virt-1")
            .Option(51, 0, 1, 0x51, 0x80)
            .Option(52, 3)
            .Option(66, "http://10.0.2.2:8080/");
        // Refused replies are passed over in silence, so only what was read tells one end from another.
        yield return new FuzzTarget(
            "dhcp-reply",
            [offer.ToBytes(), new DhcpServerMessage(DhcpMessageType.Acknowledge).ToBytes(withEnd: false)],
            bytes =>
                _ = DhcpMessage.TryParse(bytes, DhcpServerMessage.Transaction, DhcpServerMessage.HardwareAddress, out var reply)
        );
        yield return new FuzzTarget(
            "join-secret",
            [System.Text.Encoding.UTF8.GetBytes(Secret)],
            bytes => JoinSecret.Parse(bytes),
            typeof(FormatException)
        );
        yield return new FuzzTarget(
            "renewal",
            ["{\"version\":1,\"node\":\"virt-1\",\"attestEverySeconds\":15}"u8.ToArray()],
            bytes => JoinSecret.ParseRenewal(bytes, "virt-1"),
            typeof(FormatException)
        );
    }
}
