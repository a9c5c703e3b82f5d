using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Lab.Controller.Runs;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.EndToEnd.Tests;

/// <summary>What tpm2-tools, which share no code with the lab, read in one attested board and in its log.</summary>
[TestFixture, Category("EndToEnd")]
public sealed partial class SecondOpinionTests
{
    private const int MatchTimeoutMilliseconds = 10_000;

    private RunOutcome _run = null!;
    private string _folder = "";
    private byte[] _firmware = [];
    private Dictionary<int, string> _inTheBoard = [];

    [OneTimeSetUp]
    public async Task AttestABoard()
    {
        _folder = HwLabProgram.ForThisTest().Out;
        _run = await LabInProcess.RunAsync(new EdgeNodeWith { After = AskTheBoardAsync }, _folder);
        Assert.That(_run.ExitCode, Is.Zero, string.Join('\n', _run.Record.Stages));
    }

    [Test]
    public void The_pcrs_in_the_board_are_the_quoted_and_the_predicted_ones()
    {
        Assert.That(_run.Record.Pcrs, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var pcr in _run.Record.Pcrs)
            {
                Assert.That(_inTheBoard[pcr.Index], Is.EqualTo(pcr.Quoted), $"PCR {pcr.Index}, quoted");
                Assert.That(_inTheBoard[pcr.Index], Is.EqualTo(pcr.Predicted), $"PCR {pcr.Index}, predicted");
            }
        });
    }

    [Test]
    public async Task The_log_replays_to_the_pcrs_in_the_board()
    {
        var replayed = Values((await ReadLogAsync()).Split("\npcrs:")[1]);

        Assert.That(replayed.Keys, Is.SupersetOf(new[] { 0, 4, 8, 9, 11 }));
        Assert.Multiple(() =>
        {
            // PCR 0 starts with the ROM's measurement, which comes before U-Boot's log and does not stand in it: the next test.
            foreach (var (pcr, value) in replayed.Where(pcr => pcr.Key != 0))
            {
                Assert.That(value, Is.EqualTo(_inTheBoard[pcr]), $"PCR {pcr}");
            }
        });
    }

    [Test]
    public async Task Pcr_0_is_the_roms_measurement_of_the_firmware_extended_by_the_log()
    {
        // TPM 2.0 Library, Part 1, 34.3: a PCR 0 that the ROM measured into starts with its locality, 4.
        var value = SHA256.HashData([.. new byte[31], 4, .. SHA256.HashData(_firmware)]);
        foreach (Match logged in LoggedIntoPcr0().Matches(await ReadLogAsync()))
        {
            if (logged.Groups["type"].Value != "EV_NO_ACTION")
            {
                value = SHA256.HashData([.. value, .. Convert.FromHexString(logged.Groups["sha256"].Value)]);
            }
        }

        Assert.That(Convert.ToHexStringLower(value), Is.EqualTo(_inTheBoard[0]));
    }

    [Test]
    public async Task We_replay_the_log_as_tpm2_eventlog_does()
    {
        var theirs = Values((await ReadLogAsync()).Split("\npcrs:")[1]);

        var ours = EventLog.Parse(await File.ReadAllBytesAsync(LogFile)).Replay(TpmAlgorithm.Sha256);

        Assert.That(theirs.ToDictionary(pcr => pcr.Key, pcr => Convert.ToHexStringLower(ours[pcr.Key])), Is.EqualTo(theirs));
    }

    private string LogFile => Path.Combine(_folder, "boards", "virt-2", "eventlog.bin");

    private async Task AskTheBoardAsync(RunContext context, CancellationToken cancellationToken)
    {
        _firmware = await context.Board.Require<IBootSource>().ReadFirmwareAsync(cancellationToken);
        var console = context.Board.Require<IConsole>();
        var from = console.Position;
        // Patterns are matched line by line, so the shell puts all values into one.
        await console.WriteAsync("echo $(tpm2_pcrread sha256) end\n"u8.ToArray(), cancellationToken);
        var answer = await console.ExpectAsync(
            ConsolePattern.Regex("sha256: 0 *: 0x.* end"),
            from,
            context.Deadlines.Of(20),
            cancellationToken
        );
        _inTheBoard = Values(answer.Text);
    }

    private async Task<string> ReadLogAsync()
    {
        var result = await Cli.Wrap("tpm2_eventlog").WithArguments([LogFile]).ExecuteBufferedAsync(Encoding.UTF8);
        return result.StandardOutput;
    }

    /// <summary>The values in a list as both tools print it, of the SHA-256 bank.</summary>
    private static Dictionary<int, string> Values(string text) =>
        ListedPcr()
            .Matches(text[text.IndexOf("sha256:", StringComparison.Ordinal)..])
            .ToDictionary(
                pcr => int.Parse(pcr.Groups["pcr"].Value, CultureInfo.InvariantCulture),
                pcr => pcr.Groups["value"].Value.ToLowerInvariant()
            );

    [GeneratedRegex(@"(?<pcr>\d+)\s*: 0x(?<value>[0-9A-Fa-f]{64})\b", RegexOptions.ExplicitCapture, MatchTimeoutMilliseconds)]
    private static partial Regex ListedPcr();

    [GeneratedRegex(
        @"PCRIndex: 0\n  EventType: (?<type>\w+)\n(?:(?!- EventNum).)*?AlgorithmId: sha256\n\s+Digest: ""(?<sha256>[0-9a-f]{64})""",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex LoggedIntoPcr0();
}
