using System.Globalization;
using System.Security.Cryptography;
using CliWrap;
using CliWrap.Buffered;
using Lab.Controller.Commands;
using Lab.Model.Errors;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;

namespace Lab.Benchmarks.Trust;

/// <summary>The trust library beside its peers, in turns on one thread.</summary>
/// <param name="time">The clock.</param>
/// <param name="runs">How many turns.</param>
internal sealed class TrustBenchmark(TimeProvider time, int runs)
{
    private const int Refreshes = 100;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    /// <summary>Measures everything, and writes the table.</summary>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var boot = new SampleBoot();
        var appraisal = () => Require(QuoteVerifier.Appraise(boot.Evidence, boot.Challenge).IsTrusted);
        var parsing = () => Require(EventLog.Parse(boot.Log).Events.Count == SampleBoot.Events);
        var hashing = () => Require(SHA256.HashData(boot.Log).Length > 0);
        var appraisals = new Rate(
            "appraisals a second, log of 100 events",
            "openssl speed: verifications",
            "0.40, 5000 a second"
        );
        var logs = new Rate("event log parsed, MB/s", "its limit: SHA-256 of the same bytes", "");
        var refreshes = new Rate("TUF refreshes a second, nothing new", "python3-tuf", "10");
        await output.WriteLineAsync($"load before: {await LoadAsync(cancellationToken)}");
        await using var tuf = await TufRefresh.StartAsync(time, cancellationToken);
        for (var run = 0; run < runs; run++)
        {
            appraisals.Add(PerSecond(appraisal), await OpenSslAsync(cancellationToken));
            var megabytes = boot.Log.Length / 1e6;
            logs.Add(PerSecond(parsing) * megabytes, PerSecond(hashing) * megabytes);
            refreshes.Add(
                await tuf.OursAsync(Refreshes, time, cancellationToken),
                await tuf.TheirsAsync(Refreshes, cancellationToken)
            );
        }

        TextTable.Write(
            output,
            [
                ["what", "HwLab", "peer", "the peer is", "ratio", "min–max", "aim"],
                appraisals.Row(),
                logs.Row(),
                refreshes.Row(),
            ]
        );
        await output.WriteLineAsync(
            $"allocated: {Allocated(parsing) / SampleBoot.Events} bytes an event parsed, {Allocated(appraisal)} bytes an appraisal"
        );
        await output.WriteLineAsync($"load after: {await LoadAsync(cancellationToken)}");
    }

    private double PerSecond(Action action)
    {
        // Tiered compilation is done with a method after some hundred calls.
        for (var count = 0; count < 1000; count++)
        {
            action();
        }

        var begin = time.GetTimestamp();
        var done = 0L;
        while (time.GetElapsedTime(begin) < Turn)
        {
            for (var count = 0; count < 100; count++)
            {
                action();
            }

            done += 100;
        }

        return done / time.GetElapsedTime(begin).TotalSeconds;
    }

    private static long Allocated(Action action)
    {
        const int Times = 1000;
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < Times; count++)
        {
            action();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }

    /// <summary>Verifications of ECDSA P-256 a second, by the program of OpenSSL, which .NET's are made of too.</summary>
    private static async Task<double> OpenSslAsync(CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap("openssl")
            .WithArguments(["speed", "-seconds", $"{Turn.TotalSeconds}", "ecdsap256"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        var last = result.StandardOutput.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return double.TryParse(last, CultureInfo.InvariantCulture, out var rate)
            ? rate
            : throw new LabException($"openssl speed says no rate: {result.StandardError}");
    }

    private static async Task<string> LoadAsync(CancellationToken cancellationToken) =>
        string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ').Take(3));

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("what is measured does not work");
        }
    }
}
