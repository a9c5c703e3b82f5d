namespace Lab.Controller.Tracing;

/// <summary>The status of a span, with its numbers in trace.proto.</summary>
internal enum SpanStatus
{
    /// <summary>Nothing is said.</summary>
    Unset = 0,

    /// <summary>It was checked and holds.</summary>
    Ok = 1,

    /// <summary>It failed.</summary>
    Error = 2,
}
