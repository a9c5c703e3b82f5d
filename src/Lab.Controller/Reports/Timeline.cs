using System.Globalization;
using Lab.Controller.Runs;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>A run on one time line: its stages, each board's boots, and each workload of the cluster. Times are seconds after power-on.</summary>
internal sealed class Timeline
{
    private const int Colours = 6;

    public Timeline(RunRecord record, IReadOnlyList<KubernetesSpan> cluster)
    {
        var zero = RunTrace.PowerOn(record);
        var boots = BoardBoot.Of(record);
        Stages =
        [
            .. record.Stages.Select(stage =>
            {
                var from = (stage.StartedAt - zero).TotalSeconds;
                return new TimelineRow(stage.Name, from, from + stage.Duration.TotalSeconds, stage.Verdict.Word());
            }),
        ];
        From = Stages.Select(stage => stage.From).Concat(boots.Select(boot => boot.From.TotalSeconds)).Append(0).Min();
        To = Stages.Select(stage => stage.To).Concat(boots.Select(boot => boot.To.TotalSeconds)).Append(From).Max();
        var workloads = new WorkloadRows(zero, From, To).Of(cluster);
        HasContent = To > From && boots.Count + workloads.Count > 0;
        Groups =
        [
            .. Stages.Count == 0 ? [] : new[] { new TimelineGroup("Stages", Stages) },
            .. boots.Select(boot => new TimelineGroup(NameOf(boot, boots), [.. boot.Phases.Select(Row)])),
            .. workloads,
        ];
        Subject =
            boots.MaxBy(boot => boot.To) is not { } last ? ""
            : boots.Count == 1 ? last.Phases[^1].Name
            : $"{last.Phases[^1].Name} of {last.Board}";
        LastPhase = boots.Count == 0 ? 0 : boots.Max(boot => boot.To).TotalSeconds;
    }

    /// <summary>Where the drawing begins.</summary>
    public double From { get; }

    /// <summary>Where it ends: with the last stage or phase. What the cluster says was later, or earlier, is not drawn: its clocks may lie.</summary>
    public double To { get; }

    /// <summary>Whether there is more to draw than stages.</summary>
    public bool HasContent { get; }

    public IReadOnlyList<TimelineRow> Stages { get; }

    public IReadOnlyList<TimelineGroup> Groups { get; }

    /// <summary>What was reached last, and when.</summary>
    public string Subject { get; }

    public double LastPhase { get; }

    private static TimelineRow Row(BoardPhase phase, int index) =>
        new(
            phase.Name,
            phase.From.TotalSeconds,
            phase.To.TotalSeconds,
            "c" + (index % Colours).ToString(CultureInfo.InvariantCulture)
        );

    private static string NameOf(BoardBoot boot, IReadOnlyList<BoardBoot> boots) =>
        boots.Count(other => other.Board == boot.Board) == 1
            ? boot.Board
            : string.Create(CultureInfo.InvariantCulture, $"{boot.Board}, boot {boot.Number}");
}
