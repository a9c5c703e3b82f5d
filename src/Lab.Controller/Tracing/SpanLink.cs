namespace Lab.Controller.Tracing;

/// <summary>Points at a span of another trace.</summary>
internal sealed record SpanLink(string TraceId, string SpanId, IReadOnlyList<SpanAttribute> Attributes);
