namespace Lab.Services.Netboot;

/// <summary>What a line of dnsmasq's log is about.</summary>
public enum NetbootEventKind
{
    /// <summary>The server is up.</summary>
    Started,

    /// <summary>DHCPDISCOVER.</summary>
    Discover,

    /// <summary>DHCPOFFER.</summary>
    Offer,

    /// <summary>DHCPREQUEST.</summary>
    Request,

    /// <summary>DHCPACK: a board has its address.</summary>
    Acknowledge,

    /// <summary>DHCPNAK.</summary>
    Refuse,

    /// <summary>DHCPRELEASE, DHCPDECLINE or DHCPINFORM.</summary>
    OtherDhcp,

    /// <summary>A file went out completely by TFTP.</summary>
    FileSent,

    /// <summary>A TFTP transfer failed, or was given up by the board.</summary>
    FileFailed,

    /// <summary>A board asked for a file that there is not.</summary>
    FileMissing,
}
