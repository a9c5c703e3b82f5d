using System.Net;
using System.Text;

namespace Lab.Controller.Reports;

/// <summary>
/// Writes HTML in which all that comes from outside is encoded: text and attribute values always, and there is no other way in for them.
/// Element and attribute names are the program's own.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new("<!doctype html>\n");
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element.</summary>
    public HtmlWriter Open(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        WriteTag(element, attributes);
        _open.Push(element);
        return this;
    }

    /// <summary>Closes the element opened last.</summary>
    public HtmlWriter Close()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    /// <summary>Writes an element that has no content.</summary>
    public HtmlWriter Empty(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        WriteTag(element, attributes);
        return this;
    }

    /// <summary>Writes an element that holds text and nothing else.</summary>
    public HtmlWriter Element(string element, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Open(element, attributes).Text(text).Close();

    /// <summary>Writes text.</summary>
    public HtmlWriter Text(string text)
    {
        _text.Append(WebUtility.HtmlEncode(PrintableText.Of(text)));
        return this;
    }

    /// <summary>Begins a new line of source, for those who read it.</summary>
    public HtmlWriter Line()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>Writes a style sheet or script of the program's own, unencoded.</summary>
    /// <param name="element"><c>style</c> or <c>script</c>.</param>
    /// <param name="source">Its source; never anything from outside.</param>
    public HtmlWriter Own(string element, string source)
    {
        _text.Append('<').Append(element).Append('>').Append(source).Append("</").Append(element).Append(">\n");
        return this;
    }

    /// <summary>The document.</summary>
    public override string ToString() =>
        _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"<{_open.Peek()}> is still open");

    private void WriteTag(string element, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _text.Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            if (value is not null)
            {
                _text.Append(' ').Append(name).Append("=\"").Append(WebUtility.HtmlEncode(PrintableText.Of(value))).Append('"');
            }
        }

        _text.Append('>');
    }
}
