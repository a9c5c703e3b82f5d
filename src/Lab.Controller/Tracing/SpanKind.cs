namespace Lab.Controller.Tracing;

/// <summary>The kinds of spans that the lab makes, with their numbers in trace.proto.</summary>
internal enum SpanKind
{
    /// <summary>Work inside.</summary>
    Internal = 1,

    /// <summary>Work done for somebody; the conventions want a pipeline's run to be one.</summary>
    Server = 2,
}
