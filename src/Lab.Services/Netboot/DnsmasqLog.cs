using System.Text.RegularExpressions;

namespace Lab.Services.Netboot;

/// <summary>Reads dnsmasq's log (2.80 to 2.91), line by line. What it does not know, it leaves out.</summary>
internal static partial class DnsmasqLog
{
    public static NetbootEvent? Parse(string line, DateTimeOffset at)
    {
        // "Nov 23 11:41:58 dnsmasq-dhcp[17]: 1234567 DHCPACK(eth0) …": the time only with --no-daemon, a transaction number with --log-dhcp.
        if (Dhcp().Match(line) is { Success: true } dhcp)
            return new NetbootEvent(
                at,
                KindOf(dhcp.Groups["type"].Value),
                Value(dhcp, "mac"),
                Value(dhcp, "address"),
                null,
                line
            );
        if (Sent().Match(line) is { Success: true } sent)
            return new NetbootEvent(at, NetbootEventKind.FileSent, null, Value(sent, "address"), FileName(sent), line);
        if (Failed().Match(line) is { Success: true } failed)
            return new NetbootEvent(at, NetbootEventKind.FileFailed, null, Value(failed, "address"), FileName(failed), line);
        if (Missing().Match(line) is { Success: true } missing)
            return new NetbootEvent(at, NetbootEventKind.FileMissing, null, Value(missing, "address"), FileName(missing), line);
        return Started().IsMatch(line) ? new NetbootEvent(at, NetbootEventKind.Started, null, null, null, line) : null;
    }

    private static NetbootEventKind KindOf(string type) =>
        type switch
        {
            "DISCOVER" => NetbootEventKind.Discover,
            "OFFER" => NetbootEventKind.Offer,
            "REQUEST" => NetbootEventKind.Request,
            "ACK" => NetbootEventKind.Acknowledge,
            "NAK" => NetbootEventKind.Refuse,
            _ => NetbootEventKind.OtherDhcp,
        };

    private static string? Value(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? found.Value.ToLowerInvariant() : null;

    private static string? FileName(Match match) => Path.GetFileName(match.Groups["file"].Value);

    [GeneratedRegex(
        @"^([A-Z][a-z]{2} +\d+ [0-9:]{8} )?dnsmasq-dhcp(\[\d+\])?: (\d+ )?DHCP(?<type>[A-Z]+)\([^)]*\)( (?<address>\d+\.\d+\.\d+\.\d+))?( (?<mac>([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}))?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Dhcp();

    [GeneratedRegex(
        @"^([A-Z][a-z]{2} +\d+ [0-9:]{8} )?dnsmasq-tftp(\[\d+\])?: sent (?<file>.+) to (?<address>\d+\.\d+\.\d+\.\d+)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Sent();

    [GeneratedRegex(
        @"^([A-Z][a-z]{2} +\d+ [0-9:]{8} )?dnsmasq-tftp(\[\d+\])?: failed sending (?<file>.+) to (?<address>\d+\.\d+\.\d+\.\d+)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Failed();

    [GeneratedRegex(
        @"^([A-Z][a-z]{2} +\d+ [0-9:]{8} )?dnsmasq-tftp(\[\d+\])?: file (?<file>.+) not found( for (?<address>\d+\.\d+\.\d+\.\d+))?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Missing();

    [GeneratedRegex(
        @"^([A-Z][a-z]{2} +\d+ [0-9:]{8} )?dnsmasq(\[\d+\])?: started, version ",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Started();
}
