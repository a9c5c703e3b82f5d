namespace Lab.Controller.Tracing;

/// <summary>Spans, and who says them.</summary>
/// <param name="Resource">The lab, a board, or a component of the cluster.</param>
/// <param name="Spans">What it did.</param>
internal sealed record ResourceSpans(IReadOnlyList<SpanAttribute> Resource, IReadOnlyList<Span> Spans);
