namespace Lab.Controller.Tracing;

/// <summary>A named value of a span, an event or a resource: a text, a whole number or a list of texts.</summary>
internal sealed record SpanAttribute
{
    public SpanAttribute(string key, string text) => (Key, Text) = (key, text);

    public SpanAttribute(string key, long number) => (Key, Number) = (key, number);

    public SpanAttribute(string key, IReadOnlyList<string> texts) => (Key, Texts) = (key, texts);

    public string Key { get; }

    public string? Text { get; }

    public long? Number { get; }

    public IReadOnlyList<string>? Texts { get; }
}
