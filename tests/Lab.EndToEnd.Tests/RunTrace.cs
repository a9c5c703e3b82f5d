using System.Globalization;
using System.Net.NetworkInformation;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Processes;
using Lab.Host.Storage;

namespace Lab.EndToEnd.Tests;

/// <summary>What a run has on this machine: everything that must be gone after it.</summary>
/// <param name="Ledger">The file in which it writes down what it starts and makes.</param>
/// <param name="Paths">The paths it made: socket folders and work folders.</param>
/// <param name="Programs">What it started, by name.</param>
/// <param name="Segments">The network namespaces of these that are not the host's; all their interfaces end with them.</param>
/// <param name="HostInterfaces">The host's own network interfaces.</param>
internal sealed record RunTrace(
    string Ledger,
    IReadOnlyList<string> Paths,
    IReadOnlyList<string> Programs,
    IReadOnlyList<string> Segments,
    IReadOnlyList<string> HostInterfaces
)
{
    /// <summary>What the program with this id has now.</summary>
    public static async Task<RunTrace> OfAsync(int program)
    {
        var ledger = Directory
            .GetFiles(LabFolders.FromEnvironment().Ledgers, $"{program.ToString(CultureInfo.InvariantCulture)}-*.ledger")
            .Single();
        var processes = Carrying(ledger).ToList();
        var own = NetworkOf("/proc/self");
        return new RunTrace(
            ledger,
            [.. (await ReadMadeAsync(ledger)).Where(Path.Exists)],
            [.. processes.Select(NameOf)],
            [
                .. processes
                    .Select(NetworkOf)
                    .Where(network => network.Length > 0 && network != own)
                    .Distinct(StringComparer.Ordinal),
            ],
            Interfaces()
        );
    }

    /// <summary>Says what is still there of it; empty when nothing is.</summary>
    public IReadOnlyList<string> Left()
    {
        var left = new List<string>();
        left.AddRange(Carrying(Ledger).Select(process => $"process {process} {NameOf(process)}"));
        left.AddRange(
            Processes()
                .Where(process => Segments.Contains(NetworkOf(process), StringComparer.Ordinal))
                .Select(process => $"{process} on its segment")
        );
        left.AddRange(Paths.Append(Ledger).Where(Path.Exists));
        left.AddRange(Interfaces().Except(HostInterfaces, StringComparer.Ordinal));
        return left;
    }

    private static IEnumerable<string> Processes() =>
        Directory.GetDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit));

    private static IEnumerable<string> Carrying(string ledger)
    {
        var cookie = $"{ProcessLedger.CookieVariable}={Path.GetFileNameWithoutExtension(ledger)}";
        return Processes().Where(process => Read(Path.Combine(process, "environ")).Split('\0').Contains(cookie));
    }

    private static string NameOf(string process) => Read(Path.Combine(process, "comm")).Trim();

    private static string NetworkOf(string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "ns/net"), returnFinalTarget: false)?.Name ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task<IReadOnlyList<string>> ReadMadeAsync(string ledger)
    {
        // By another program: the runtime's own files always ask for the lock that the ledger's owner holds.
        var text = await Cli.Wrap("cat").WithArguments([ledger]).ExecuteBufferedAsync();
        var made = new List<string>();
        foreach (var line in text.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.TryGetProperty("made", out var path))
            {
                made.Add(path.GetString()!);
            }
        }

        return made;
    }

    private static List<string> Interfaces() => [.. NetworkInterface.GetAllNetworkInterfaces().Select(one => one.Name)];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is another user's.
            return "";
        }
    }
}
