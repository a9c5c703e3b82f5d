using System.Globalization;
using Lab.Controller.Runs;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Runs;

namespace Lab.Controller.Tracing;

/// <summary>
/// A run as a trace: the run is the root, its stages are children with their checks as events, each boot of a board is a child with its
/// phases below it, and what the cluster said hangs below the run by its owners. Attributes go by OpenTelemetry's conventions for CI/CD
/// and tests (semantic conventions 1.36: <c>cicd.pipeline.*</c>, <c>test.suite.*</c>, <c>test.case.*</c>); the lab's own begin with <c>hwlab.</c>.
/// </summary>
internal static class RunTrace
{
    // What ends a stage may cite a board's last lines; a collector need not have all of them.
    private const int LongestText = 4096;

    /// <summary>The trace of a run that has ended.</summary>
    /// <param name="record">The record.</param>
    /// <param name="events">What the run said while it went, for the times of its checks; without, they stand at their stage's end.</param>
    /// <param name="cluster">What was seen of the cluster.</param>
    public static IReadOnlyList<ResourceSpans> Of(RunRecord record, IReadOnlyList<RunEvent> events, KubernetesRecords cluster)
    {
        var traceId = TraceIds.OfRun(record.Id);
        var root = Root(record, traceId);
        var zero = PowerOn(record);
        var own = new List<Span> { root };
        if (record.Stages is [var first, ..] && first.StartedAt > record.StartedAt)
        {
            own.Add(
                Child(root, "prepare", record.StartedAt, first.StartedAt, "prepare") with
                {
                    Attributes = [new("cicd.pipeline.task.name", "prepare")],
                }
            );
        }

        var times = CheckTimes(events);
        own.AddRange(
            record.Stages.Select((stage, index) => StageSpan(root, stage, index, times.ElementAtOrDefault(index) ?? []))
        );
        return
        [
            new ResourceSpans(Resource(record, "hwlab"), own),
            .. BoardBoot
                .Of(record)
                .GroupBy(boot => boot.Board, StringComparer.Ordinal)
                .Select(boots => new ResourceSpans(
                    [.. Resource(record, boots.Key), new("hwlab.board.name", boots.Key)],
                    [.. boots.SelectMany(boot => BootSpans(root, boot, zero))]
                )),
            .. KubernetesSpans
                .Of(cluster, traceId, root.SpanId)
                .GroupBy(span => (span.Component, span.Host))
                .Select(spans => new ResourceSpans(
                    ClusterResource(record, spans.Key.Component, spans.Key.Host),
                    [.. spans.Select(span => span.Span)]
                )),
        ];
    }

    /// <summary>When the run's time line begins.</summary>
    public static DateTimeOffset PowerOn(RunRecord record) =>
        record.Facts.TryGetValue(RunEngine.PowerOnFact, out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
            ? at
            : record.StartedAt;

    private static Span Root(RunRecord record, string traceId)
    {
        var isCancelled = record.Facts.ContainsKey("cancelled");
        var attributes = new List<SpanAttribute>
        {
            new("cicd.pipeline.name", record.Scenario),
            new("cicd.pipeline.action.name", "RUN"),
            new("cicd.pipeline.run.id", record.Id),
            new("cicd.pipeline.result", isCancelled ? "cancellation" : ResultOf(record.Verdict)),
            new("hwlab.verdict", record.Verdict.Word()),
            new("hwlab.rig.name", record.Rig),
            new("hwlab.board.name", record.Board),
        };
        if (record.Attack is { } attack)
        {
            attributes.Add(new("hwlab.attack", attack));
        }

        attributes.AddRange(
            record
                .Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal)
                .Select(fact => new SpanAttribute("hwlab.fact." + fact.Key, Cut(fact.Value)))
        );
        var ended = record.Stages.FirstOrDefault(stage => stage.Verdict == record.Verdict);
        return Finish(
            new Span
            {
                TraceId = traceId,
                SpanId = TraceIds.OfSpan(traceId, "run"),
                // Span name by the conventions: {action} {pipeline}.
                Name = $"RUN {record.Scenario}",
                Kind = SpanKind.Server,
                Start = record.StartedAt,
                End = After(record.StartedAt, record.Duration),
                Attributes = attributes,
            },
            record.Verdict,
            ended is null ? null : $"stage {ended.Name}: {ended.Error ?? record.Verdict.Word()}"
        );
    }

    private static Span StageSpan(Span root, StageResult stage, int index, List<DateTimeOffset> times)
    {
        var end = After(stage.StartedAt, stage.Duration);
        var place = $"{index}/{stage.Name}";
        var events = stage
            .Checks.Select((check, number) => CheckEvent(check, number < times.Count ? times[number] : end))
            .ToList();
        if (stage.Error is { } error)
        {
            events.Add(
                new SpanEvent(
                    end,
                    "exception",
                    [new("exception.type", stage.Verdict.Word()), new("exception.message", Cut(error))]
                )
            );
        }

        var span = Child(root, stage.Name, stage.StartedAt, end, "stage", place);
        return Finish(
            span with
            {
                Attributes =
                [
                    new("cicd.pipeline.task.name", stage.Name),
                    new("cicd.pipeline.task.type", "test"),
                    new("cicd.pipeline.task.run.id", $"{span.SpanId}"),
                    new("cicd.pipeline.task.run.result", ResultOf(stage.Verdict)),
                    new("test.suite.name", stage.Name),
                    new("test.suite.run.status", SuiteStatus(stage.Verdict)),
                    new("hwlab.verdict", stage.Verdict.Word()),
                ],
                Events = events,
            },
            stage.Verdict,
            stage.Error ?? FailedChecks(stage)
        );
    }

    private static SpanEvent CheckEvent(CheckResult check, DateTimeOffset at) =>
        new(
            at,
            check.Name,
            [
                new("test.case.name", check.Name),
                // 'pass' and 'fail' are the conventions' words; for the others they allow one's own.
                new("test.case.result.status", check.Verdict.Word()),
                new("hwlab.check.detail", Cut(check.Detail)),
                new("hwlab.check.evidence", check.Evidence),
            ]
        );

    private static IEnumerable<Span> BootSpans(Span root, BoardBoot boot, DateTimeOffset zero)
    {
        var number = boot.Number.ToString(CultureInfo.InvariantCulture);
        var whole = Child(
            root,
            $"boot {boot.Board}",
            After(zero, boot.From),
            After(zero, boot.To),
            "boot",
            boot.Board,
            number
        ) with
        {
            Attributes = [new("hwlab.boot.number", boot.Number)],
        };
        return boot
            .Phases.Select(
                (phase, index) =>
                    Child(
                        whole,
                        phase.Name,
                        After(zero, phase.From),
                        After(zero, phase.To),
                        "phase",
                        boot.Board,
                        number,
                        index.ToString(CultureInfo.InvariantCulture)
                    ) with
                    {
                        Attributes = [new("hwlab.phase", phase.Name)],
                    }
            )
            .Prepend(whole);
    }

    private static Span Child(
        Span parent,
        string name,
        DateTimeOffset start,
        DateTimeOffset end,
        params ReadOnlySpan<string> place
    ) =>
        new()
        {
            TraceId = parent.TraceId,
            SpanId = TraceIds.OfSpan(parent.TraceId, place),
            ParentSpanId = parent.SpanId,
            Name = name,
            Start = start,
            End = end,
        };

    private static Span Finish(Span span, Verdict verdict, string? why) =>
        verdict switch
        {
            Verdict.Pass => span with { Status = SpanStatus.Ok },
            Verdict.Skipped => span,
            _ => span with
            {
                Status = SpanStatus.Error,
                StatusMessage = Cut(why ?? verdict.Word()),
                Attributes = [.. span.Attributes, new("error.type", verdict.Word())],
            },
        };

    private static string? FailedChecks(StageResult stage) =>
        stage.Checks.Where(check => check.Verdict != Verdict.Pass).Select(check => check.Name).ToList() is { Count: > 0 } names
            ? string.Join("; ", names)
            : null;

    private static List<List<DateTimeOffset>> CheckTimes(IReadOnlyList<RunEvent> events)
    {
        var stages = new List<List<DateTimeOffset>>();
        foreach (var runEvent in events)
        {
            if (runEvent is RunEvent.StageStarted)
            {
                stages.Add([]);
            }
            else if (runEvent is RunEvent.CheckMade made && stages.Count > 0)
            {
                stages[^1].Add(made.At);
            }
        }

        return stages;
    }

    private static List<SpanAttribute> Resource(RunRecord record, string service)
    {
        List<SpanAttribute> resource =
        [
            new("service.name", service),
            new("service.namespace", record.Rig),
            new("cicd.pipeline.name", record.Scenario),
            new("cicd.pipeline.run.id", record.Id),
        ];
        if (service == "hwlab" && record.Facts.TryGetValue("hwlab", out var version))
        {
            resource.Add(new("service.version", version));
        }

        return resource;
    }

    private static List<SpanAttribute> ClusterResource(RunRecord record, string component, string host)
    {
        var resource = Resource(record, component);
        if (host.Length > 0)
        {
            resource.Add(new("service.instance.id", host));
        }

        return resource;
    }

    // cicd.pipeline.result and cicd.pipeline.task.run.result have the same words.
    private static string ResultOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Pass => "success",
            Verdict.Fail => "failure",
            Verdict.Skipped => "skip",
            _ => "error",
        };

    private static string SuiteStatus(Verdict verdict) =>
        verdict switch
        {
            Verdict.Pass => "success",
            Verdict.Fail => "failure",
            Verdict.Skipped => "skipped",
            _ => "aborted",
        };

    // A record may have been written by anybody before its trace is made again.
    private static DateTimeOffset After(DateTimeOffset from, TimeSpan length)
    {
        var ticks = (Int128)from.UtcTicks + length.Ticks;
        return new((long)Int128.Clamp(ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
