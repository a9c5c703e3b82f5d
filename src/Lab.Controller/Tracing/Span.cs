namespace Lab.Controller.Tracing;

/// <summary>A span as OpenTelemetry has it (opentelemetry-proto, trace.proto, message Span).</summary>
internal sealed record Span
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    /// <summary>The parent's id; null for the root.</summary>
    public string? ParentSpanId { get; init; }

    public required string Name { get; init; }

    public SpanKind Kind { get; init; } = SpanKind.Internal;

    public required DateTimeOffset Start { get; init; }

    /// <summary>Not before <see cref="Start"/>.</summary>
    public required DateTimeOffset End { get; init; }

    public IReadOnlyList<SpanAttribute> Attributes { get; init; } = [];

    public IReadOnlyList<SpanEvent> Events { get; init; } = [];

    public IReadOnlyList<SpanLink> Links { get; init; } = [];

    public SpanStatus Status { get; init; }

    /// <summary>What went wrong, where <see cref="Status"/> is an error.</summary>
    public string? StatusMessage { get; init; }
}
