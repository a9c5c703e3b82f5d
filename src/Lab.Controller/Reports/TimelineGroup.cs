namespace Lab.Controller.Reports;

/// <summary>Rows that belong together: the stages, a board's boot, a workload.</summary>
internal sealed record TimelineGroup(string Name, IReadOnlyList<TimelineRow> Rows);
