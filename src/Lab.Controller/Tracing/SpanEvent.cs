namespace Lab.Controller.Tracing;

/// <summary>A moment within a span.</summary>
internal sealed record SpanEvent(DateTimeOffset At, string Name, IReadOnlyList<SpanAttribute> Attributes);
