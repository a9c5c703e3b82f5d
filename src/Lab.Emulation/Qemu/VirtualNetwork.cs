using Lab.Host.Networks;

namespace Lab.Emulation.Qemu;

/// <summary>What a virtual board's network cable is plugged into.</summary>
public abstract record VirtualNetwork
{
    /// <summary>Nothing.</summary>
    public sealed record Unplugged : VirtualNetwork;

    /// <summary>QEMU's own user-mode network: DHCP and TFTP by QEMU, the host at 10.0.2.2, no privileges.</summary>
    /// <param name="TftpFolder">What TFTP serves.</param>
    /// <param name="Origin">The boot services' origin as the board sees it; handed out in DHCP option 66.</param>
    public sealed record User(string TftpFolder, Uri Origin) : VirtualNetwork;

    /// <summary>A port on a layer-2 segment.</summary>
    /// <param name="Network">The segment.</param>
    public sealed record Segment(NetworkSegment Network) : VirtualNetwork;
}
