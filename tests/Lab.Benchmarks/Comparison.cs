namespace Lab.Benchmarks;

/// <summary>One line of the table: the lab and the plain way, measured in turns.</summary>
/// <param name="Phase">What is measured.</param>
/// <param name="Aim">What the lab is to reach.</param>
internal sealed record Comparison(string Phase, string Aim)
{
    private readonly List<(TimeSpan Lab, TimeSpan Bare)> _pairs = [];

    public void Add(TimeSpan lab, TimeSpan bare) => _pairs.Add((lab, bare));

    /// <summary>The cells: medians of both, the median of the ratios of neighbours, and the least and the greatest of these.</summary>
    public IReadOnlyList<string> Row()
    {
        var ratios = _pairs.ConvertAll(pair => pair.Lab / pair.Bare);
        return
        [
            Phase,
            Tell(Median(_pairs.ConvertAll(pair => pair.Lab.TotalMilliseconds))),
            Tell(Median(_pairs.ConvertAll(pair => pair.Bare.TotalMilliseconds))),
            $"{Median(ratios):0.00}",
            $"{ratios.Min():0.00}–{ratios.Max():0.00}",
            $"{_pairs.Count}",
            Aim,
        ];
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static string Tell(double milliseconds) =>
        milliseconds switch
        {
            < 1 => $"{milliseconds * 1000:0} µs",
            < 1000 => $"{milliseconds:0.0} ms",
            _ => $"{milliseconds / 1000:0.00} s",
        };
}
