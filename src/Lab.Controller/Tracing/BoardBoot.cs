using Lab.Model.Runs;

namespace Lab.Controller.Tracing;

/// <summary>One boot of one board: its moments made into lengths of time, each from the moment before to its own.</summary>
/// <param name="Board">The board.</param>
/// <param name="Number">1 for its first boot of the run, more where it was switched on again.</param>
/// <param name="From">Its power-on, on the run's time line.</param>
/// <param name="Phases">Its phases, in order; none of a board of which nothing but power-on was seen.</param>
internal sealed record BoardBoot(string Board, int Number, TimeSpan From, IReadOnlyList<BoardPhase> Phases)
{
    /// <summary>The moment that begins another boot of a board that is not the run's first one.</summary>
    public const string PowerOn = "power-on";

    /// <summary>When the last phase was reached.</summary>
    public TimeSpan To => Phases.Count == 0 ? From : Phases[^1].To;

    /// <summary>The boots of a run: the first board's first, the others in the order in which they are first heard of.</summary>
    public static IReadOnlyList<BoardBoot> Of(RunRecord record) =>
        [.. record.Phases.GroupBy(phase => phase.Board ?? record.Board, StringComparer.Ordinal).SelectMany(OfBoard)];

    private static List<BoardBoot> OfBoard(IGrouping<string, BootPhase> moments)
    {
        var boots = new List<BoardBoot>();
        var phases = new List<BoardPhase>();
        var (from, before) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var moment in moments.OrderBy(moment => moment.At))
        {
            if (moment.Name == PowerOn)
            {
                Finish();
                (from, before, phases) = (moment.At, moment.At, []);
                continue;
            }

            // What came before power-on (a clock was set meanwhile) has no length.
            phases.Add(new BoardPhase(moment.Name, before < moment.At ? before : moment.At, moment.At));
            before = moment.At;
        }

        Finish();
        return boots;

        void Finish()
        {
            if (phases.Count > 0)
            {
                boots.Add(new BoardBoot(moments.Key, boots.Count + 1, from, phases));
            }
        }
    }
}
