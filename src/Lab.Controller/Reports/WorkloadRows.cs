using System.Globalization;
using Lab.Controller.Tracing.Kubernetes;

namespace Lab.Controller.Reports;

/// <summary>What the cluster said of each workload, as rows of the timeline.</summary>
/// <param name="zero">When the time line begins.</param>
/// <param name="from">The first second that is drawn.</param>
/// <param name="to">The last one.</param>
internal sealed class WorkloadRows(DateTimeOffset zero, double from, double to)
{
    /// <summary>The most events that are drawn of one workload; all of them are in the evidence.</summary>
    public const int MostOfOne = 40;

    /// <summary>The most workloads that are drawn.</summary>
    public const int MostWorkloads = 20;

    private const int Colours = 6;
    private const string SystemNamespace = "kube-system";

    // Whose uneventful events are worth a row; of the others only troubles are.
    private static readonly HashSet<string> Shown = new(StringComparer.Ordinal)
    {
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "Kustomization",
        "GitRepository",
        "HelmRelease",
    };

    public IReadOnlyList<TimelineGroup> Of(IReadOnlyList<KubernetesSpan> cluster) =>
        [
            .. cluster
                .Where(IsShown)
                .GroupBy(span => span.Workload)
                .Where(spans => spans.Key.Namespace != SystemNamespace || spans.Any(span => span.Happened!.IsWarning))
                .Take(MostWorkloads)
                .Select(spans => new TimelineGroup(Name(spans.Key), Rows([.. spans]))),
        ];

    private bool IsShown(KubernetesSpan span)
    {
        var at = Seconds(span.Span.Start);
        return span.Happened is { } happened
            && at >= from
            && at <= to
            // What kubelets find fault with at their start concerns no workload.
            && span.Workload.Kind != "Node"
            && (happened.IsWarning || Shown.Contains(happened.Involved.Kind));
    }

    private List<TimelineRow> Rows(IReadOnlyList<KubernetesSpan> spans)
    {
        var rows = new List<TimelineRow>();
        foreach (var about in spans.Take(MostOfOne).GroupBy(span => span.Happened!.Involved))
        {
            if (about.Key != about.First().Workload)
            {
                var board = about.FirstOrDefault(span => span.Component == "kubelet")?.Host;
                rows.Add(
                    Text($"{about.Key.Kind} {about.Key.Name}{(board is { Length: > 0 } ? $" on {board}" : "")}", about.First())
                );
            }

            foreach (var (span, index) in about.Select((span, index) => (span, index)))
            {
                rows.Add(Bar(span, index));
                if (span.Happened!.IsWarning && span.Happened.Message.Length > 0)
                {
                    rows.Add(Text(span.Happened.Message, span) with { IsTrouble = true });
                }
            }
        }

        if (spans.Count > MostOfOne)
        {
            rows.Add(Text($"and {spans.Count - MostOfOne} more events", spans[^1]));
        }

        return rows;
    }

    private TimelineRow Bar(KubernetesSpan span, int index)
    {
        var happened = span.Happened!;
        var count = happened.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" × {happened.Count}") : "";
        return new TimelineRow(
            happened.Reason + count,
            Seconds(span.Span.Start),
            Math.Min(Seconds(span.Span.End), to),
            happened.IsWarning ? "bad" : "c" + (index % Colours).ToString(CultureInfo.InvariantCulture)
        )
        {
            Title = $"{span.Component}: {happened.Message}",
            IsTrouble = happened.IsWarning,
        };
    }

    private TimelineRow Text(string text, KubernetesSpan span)
    {
        var at = Seconds(span.Span.Start);
        return new TimelineRow(text, at, at, Colour: null) { Title = text };
    }

    private double Seconds(DateTimeOffset at) => (at - zero).TotalSeconds;

    private static string Name(ObjectKey key) =>
        $"{key.Kind} {key.Name}{(key.Namespace.Length > 0 ? $" in {key.Namespace}" : "")}";
}
