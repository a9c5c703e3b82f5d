namespace Lab.Services.Netboot;

/// <summary>Something dnsmasq said that a person or a report may want to know.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Kind">What happened.</param>
/// <param name="MacAddress">The board's MAC address, lower case, where the line has one.</param>
/// <param name="Address">The board's IP address, where the line has one.</param>
/// <param name="File">The file, for TFTP.</param>
/// <param name="Line">The line as printed.</param>
public sealed record NetbootEvent(
    DateTimeOffset At,
    NetbootEventKind Kind,
    string? MacAddress,
    string? Address,
    string? File,
    string Line
);
