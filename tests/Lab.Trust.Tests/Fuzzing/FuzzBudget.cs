using System.Globalization;

namespace Lab.Trust.Tests.Fuzzing;

/// <summary>
/// How long a parser is fuzzed: a fixed number of the same mutants in every test run; with <c>./hwlab test --fuzz MINUTES</c> new ones for
/// its share of that long.
/// </summary>
internal static class FuzzBudget
{
    private const int Rounds = 3000;
    private const string Variable = "HWLAB_FUZZ_MINUTES";

    /// <summary>Fuzzes one of so many parsers.</summary>
    public static void Spend(FuzzTarget target, int targets)
    {
        var minutes = Environment.GetEnvironmentVariable(Variable);
        if (minutes is null)
        {
            var left = Rounds;
            new Fuzzer(target, seed: 20260301).Run(() => left-- > 0);
            return;
        }

        // Asked for by hand: as long as was said, each parser its share, and from another seed each time.
        var end =
            TimeProvider.System.GetUtcNow()
            + (TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)) / targets);
        var seed = Random.Shared.Next();
        var fuzzer = new Fuzzer(target, seed);
        fuzzer.Run(() => TimeProvider.System.GetUtcNow() < end);
        NUnit.Framework.TestContext.Out.WriteLine(
            $"{target.Name}: {fuzzer.Tries} inputs, {fuzzer.Ends} different ends, seed {seed}"
        );
    }
}
