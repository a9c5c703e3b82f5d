using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Lab.Model.Errors;

namespace Lab.Model.Consoles;

/// <summary>
/// Applies a regular expression to each line once it is complete: an expression such as <c>\{.*\}</c> must see all of a line, whatever pieces
/// it comes in.
/// </summary>
internal sealed class LineMatcher(Regex regex, long from) : ConsoleMatcher(from)
{
    /// <summary>A longer line is matched in pieces of this many bytes.</summary>
    public const int LongestLine = 64 * 1024;

    private byte[] _line = new byte[256];
    private long[] _positions = new long[256];
    private int _length;

    /// <summary>The expression, without anything that would make matching take more than linear time.</summary>
    /// <exception cref="RigException">It is no regular expression, or uses back-references or look-around.</exception>
    public static Regex Compile(string expression)
    {
        try
        {
            return new Regex(
                expression,
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                Regex.InfiniteMatchTimeout
            );
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new RigException(
                $"'{expression}' cannot be awaited: {exception.Message}",
                remedy: "use a regular expression without back-references and look-around",
                inner: exception
            );
        }
    }

    public override void Accept(byte value, long position)
    {
        if (Found is not null)
            return;
        if (value == '\n')
        {
            End();
            return;
        }
        if (_length == _line.Length)
        {
            Array.Resize(ref _line, _length * 2);
            Array.Resize(ref _positions, _length * 2);
        }
        _line[_length] = value;
        _positions[_length++] = position;
        if (_length == LongestLine)
            End();
    }

    public override void End()
    {
        if (_length > 0 && _positions[_length - 1] >= From && Found is null)
            Found = MatchLine();
        _length = 0;
    }

    private Span? MatchLine()
    {
        var bytes = _line.AsSpan(0, _length);
        var text = Encoding.UTF8.GetString(bytes);
        // Most lines are not the one: where characters lie in the bytes is only worked out when it matters.
        if (!regex.IsMatch(text))
            return null;
        var starts = CharacterStarts(bytes, text.Length);
        var first = Array.FindIndex(starts, start => start < _length && _positions[start] >= From);
        var match = first < 0 ? Match.Empty : regex.Match(text, first);
        if (!match.Success)
            return null;
        var groups = match.Groups.Cast<Group>().Select(group => group.Value).ToArray();
        var start = starts[match.Index] < _length ? _positions[starts[match.Index]] : _positions[_length - 1] + 1;
        var end = match.Length == 0 ? start : _positions[starts[match.Index + match.Length] - 1] + 1;
        return new Span(match.Value, groups, start, end);
    }

    /// <summary>For each UTF-16 code unit of the text, and for its end, the index of the byte where its character starts.</summary>
    private static int[] CharacterStarts(ReadOnlySpan<byte> bytes, int characters)
    {
        var starts = new int[characters + 1];
        var unit = 0;
        for (var index = 0; index < bytes.Length; )
        {
            // Both this and Encoding.UTF8 give one replacement character for each maximal invalid part.
            var status = Rune.DecodeFromUtf8(bytes[index..], out var rune, out var consumed);
            _ = status == OperationStatus.Done;
            for (var code = 0; code < rune.Utf16SequenceLength; code++)
                starts[unit++] = index;
            index += consumed;
        }
        starts[characters] = bytes.Length;
        return starts;
    }
}
