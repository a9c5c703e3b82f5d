using System.Globalization;

namespace Lab.Benchmarks.Trust;

/// <summary>One line of the table: how much the library does in a second, and its peer or limit, measured in turns.</summary>
/// <param name="What">What is counted.</param>
/// <param name="Peer">What the other side is.</param>
/// <param name="Aim">What is to be reached.</param>
internal sealed record Rate(string What, string Peer, string Aim)
{
    private readonly List<(double Ours, double Theirs)> _pairs = [];

    public void Add(double ours, double theirs) => _pairs.Add((ours, theirs));

    /// <summary>The cells: medians of both, and the median, the least and the greatest of the ratios of neighbours.</summary>
    public IReadOnlyList<string> Row()
    {
        var ratios = _pairs.ConvertAll(pair => pair.Ours / pair.Theirs);
        return
        [
            What,
            Tell(Median(_pairs.ConvertAll(pair => pair.Ours))),
            Tell(Median(_pairs.ConvertAll(pair => pair.Theirs))),
            Peer,
            Tell(Median([.. ratios])),
            $"{Tell(ratios.Min())}–{Tell(ratios.Max())}",
            Aim,
        ];
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static string Tell(double value) =>
        value.ToString(
            value switch
            {
                < 10 => "0.00",
                < 100 => "0.0",
                _ => "0",
            },
            CultureInfo.InvariantCulture
        );
}
