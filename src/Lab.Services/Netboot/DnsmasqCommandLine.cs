using System.Globalization;
using System.Net;
using Lab.Model.Errors;

namespace Lab.Services.Netboot;

/// <summary>What dnsmasq is told. Nothing of the host's own configuration is read.</summary>
internal sealed record DnsmasqCommandLine
{
    public required string Interface { get; init; }

    public required IPAddress Server { get; init; }

    public required IPAddress FirstLease { get; init; }

    public required IPAddress LastLease { get; init; }

    public required IPAddress Netmask { get; init; }

    public required Uri BoardOrigin { get; init; }

    public required string BootFile { get; init; }

    public required string FilesFolder { get; init; }

    public required string LeaseFile { get; init; }

    /// <summary>MAC address → name: handed out in DHCP option 12, by which a board knows its name.</summary>
    public IReadOnlyDictionary<string, string> Boards { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether others than <see cref="Boards"/> go without an answer: on a network that the lab did not make.</summary>
    public bool IgnoresOthers { get; init; }

    public IReadOnlyList<string> ToArguments()
    {
        Demand(Interface, "interface");
        Demand(BootFile, "boot file");
        foreach (var board in Boards.Values)
            Demand(board, "name of a board");
        string[] arguments =
        [
            // In the foreground and as who it is: in a user namespace there is nobody else to become, and setgroups is forbidden.
            "--no-daemon",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--no-ping",
            "--port=0",
            "--user=root",
            "--pid-file=",
            "--log-facility=-",
            "--log-dhcp",
            $"--interface={Interface}",
            "--except-interface=lo",
            "--bind-interfaces",
            $"--dhcp-range={FirstLease},{LastLease},{Netmask},1h",
            "--dhcp-authoritative",
            $"--dhcp-leasefile={LeaseFile}",
            // No router and no name server: the segment leads nowhere.
            "--dhcp-option=3",
            "--dhcp-option=6",
            $"--dhcp-option=66,{BoardOrigin.GetLeftPart(UriPartial.Authority)}",
            $"--dhcp-boot={BootFile},,{Server}",
            $"--enable-tftp={Interface}",
            $"--tftp-root={FilesFolder}",
            $"--tftp-max={Transfers.ToString(CultureInfo.InvariantCulture)}",
            .. IgnoresOthers ? (string[])["--dhcp-ignore=tag:!known"] : [],
            .. Boards.Select(board => $"--dhcp-host={board.Key},{board.Value}"),
        ];
        return arguments;
    }

    // Boards that load their boot file at the same time.
    private const int Transfers = 64;

    // dnsmasq separates values by commas and has no way to quote one.
    private static void Demand(string value, string what)
    {
        if (value.Length == 0 || value.Any(character => character is ',' or '"' or '\\' || char.IsControl(character)))
            throw new RigException(
                $"'{value}' cannot be used as the {what} of a segment",
                "netboot",
                "use letters, digits, '.', '-' and '_'"
            );
    }
}
