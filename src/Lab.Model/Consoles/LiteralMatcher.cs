using System.Text;

namespace Lab.Model.Consoles;

/// <summary>Finds a literal text, which may span lines, by the algorithm of Knuth, Morris and Pratt.</summary>
internal sealed class LiteralMatcher : ConsoleMatcher
{
    private readonly string _text;
    private readonly byte[] _wanted;
    private readonly int[] _fallback;
    private readonly long[] _positions;
    private int _matched;
    private long _accepted;

    public LiteralMatcher(string text, long from)
        : base(from)
    {
        if (text.Length == 0)
            throw new ArgumentException("An empty text cannot be awaited.", nameof(text));
        _text = text;
        _wanted = Encoding.UTF8.GetBytes(text.Replace("\r", "", StringComparison.Ordinal));
        _fallback = Fallbacks(_wanted);
        _positions = new long[_wanted.Length];
    }

    public override void Accept(byte value, long position)
    {
        if (Found is not null || position < From)
            return;
        _positions[_accepted++ % _positions.Length] = position;
        while (_matched > 0 && _wanted[_matched] != value)
            _matched = _fallback[_matched - 1];
        if (_wanted[_matched] == value)
            _matched++;
        if (_matched == _wanted.Length)
            Found = new Span(_text, [_text], _positions[(_accepted - _wanted.Length) % _positions.Length], position + 1);
    }

    private static int[] Fallbacks(byte[] wanted)
    {
        var fallback = new int[wanted.Length];
        var length = 0;
        for (var index = 1; index < wanted.Length; index++)
        {
            while (length > 0 && wanted[index] != wanted[length])
                length = fallback[length - 1];
            if (wanted[index] == wanted[length])
                length++;
            fallback[index] = length;
        }
        return fallback;
    }
}
