namespace Lab.Controller.Rigs;

/// <summary>How a rig's boards are wired to its services.</summary>
public enum NetworkMode
{
    /// <summary>A segment where this user may make one, else the user network.</summary>
    Auto,

    /// <summary>A layer-2 segment of the rig's own, served by dnsmasq.</summary>
    Segment,

    /// <summary>QEMU's user network: no privileges.</summary>
    User,
}
