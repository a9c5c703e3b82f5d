using System.Text.RegularExpressions;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.EventLogs;

/// <summary>Logs of real machines and the PCR values they must give; kept outside this repository.</summary>
internal sealed partial class EventLogVectorTests
{
    [TestCaseSource(nameof(FindVectors))]
    public void Replay_agrees_with_the_vector(string? path)
    {
        if (path is null)
        {
            Assert.Ignore("There is no shared/vectors/eventlogs beside the repository.");
        }

        var log = EventLog.Parse(File.ReadAllBytes(path));
        var expected = ReadValues(Path.ChangeExtension(path, ".pcrs.yaml"));
        var replayed = log.Banks.SelectMany(bank => log.Replay(bank).All.Select(one => $"{bank} {one.Key} {Hex(one.Value)}"));
        Assert.That(replayed, Is.EquivalentTo(expected));
    }

    [TestCaseSource(nameof(FindVectors))]
    public void Everything_that_is_understood_can_be_described(string? path)
    {
        if (path is null)
        {
            Assert.Ignore("There is no shared/vectors/eventlogs beside the repository.");
        }

        var log = EventLog.Parse(File.ReadAllBytes(path));
        foreach (var logged in log.Events)
        {
            var data = logged.Decode();
            Assert.That(data.Describe(), Is.Not.Null);
            Assert.That(
                (data as RawEventData)?.Problem,
                // shim writes wrong lengths: of its image's path, and of the names of its own variables
                Is.Null.Or.Contains("device path of 0 bytes").Or.Contains("left behind the variable"),
                $"{LogEventTypes.NameOf(logged.Type)} at {logged.Offset}"
            );
        }
    }

    public static IEnumerable<string?> FindVectors()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var vectors = Path.Combine(folder.FullName, "shared", "vectors", "eventlogs");
            if (Directory.Exists(vectors))
            {
                return Directory.GetFiles(vectors, "*.bin").Order(StringComparer.Ordinal);
            }
        }

        return [null];
    }

    private static List<string> ReadValues(string path)
    {
        var values = new List<string>();
        var bank = default(TpmAlgorithm);
        foreach (var line in File.ReadLines(path))
        {
            if (BankLine().Match(line) is { Success: true } start)
            {
                bank = Enum.Parse<TpmAlgorithm>(start.Groups["bank"].Value, ignoreCase: true);
            }
            else if (ValueLine().Match(line) is { Success: true } value)
            {
                values.Add($"{bank} {value.Groups["pcr"].Value} {value.Groups["value"].Value}");
            }
        }

        return values;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [GeneratedRegex(@"^\s+(?<bank>sha\d+):\s*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BankLine();

    [GeneratedRegex(
        @"^\s+(?<pcr>\d+)\s*:\s*0x(?<value>[0-9a-f]+)\s*$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ValueLine();
}
