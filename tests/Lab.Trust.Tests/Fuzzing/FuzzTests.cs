using NUnit.Framework;

namespace Lab.Trust.Tests.Fuzzing;

/// <summary>
/// Whatever bytes come, a parser reads them or refuses them with its own error. In every test run a fixed number of the same mutants; with
/// <c>./hwlab test --fuzz MINUTES</c> new ones for that long.
/// </summary>
[Category("Fuzz")]
internal sealed class FuzzTests
{
    [TestCaseSource(nameof(Targets))]
    public void Bytes_are_read_or_refused(FuzzTarget target) => FuzzBudget.Spend(target, Targets().Count());

    [TestCaseSource(nameof(Seeds))]
    public void What_once_broke_a_parser_no_longer_does(string name, byte[] input)
    {
        var target = Targets().Single(one => one.Name == name);
        Assert.That(() => target.Run(input), Throws.Nothing);
    }

    [Test]
    public void A_case_that_breaks_a_parser_is_shown_to_be_kept()
    {
        var broken = new FuzzTarget(
            "broken",
            [
                [1, 2, 3],
            ],
            bytes => _ = bytes[5]
        );
        var finding = Assert.Throws<FuzzFinding>(() => new Fuzzer(broken, seed: 1).Run(() => true))!;
        Assert.That(finding.Message, Does.Contain("broken " + Convert.ToBase64String(finding.Input)));
    }

    private static IEnumerable<FuzzTarget> Targets() => FuzzTargets.All();

    private static IEnumerable<TestCaseData> Seeds()
    {
        using var stream = typeof(FuzzTests).Assembly.GetManifestResourceStream("fuzz-seeds.txt")!;
        using var reader = new StreamReader(stream);
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var parts = line.Split(' ');
                yield return new TestCaseData(parts[0], Convert.FromBase64String(parts[1])).SetArgDisplayNames(
                    parts[0],
                    $"{++number}"
                );
            }
        }
    }
}
