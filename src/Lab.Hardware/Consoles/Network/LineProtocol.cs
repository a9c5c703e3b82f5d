namespace Lab.Hardware.Consoles.Network;

/// <summary>What a console server speaks on a port.</summary>
public enum LineProtocol
{
    /// <summary>Bytes, and nothing else.</summary>
    Raw,

    /// <summary>Telnet, RFC 854.</summary>
    Telnet,

    /// <summary>Telnet with the Com Port Control option, RFC 2217.</summary>
    Rfc2217,
}
