using System.Text;

namespace Lab.Controller.Reports;

/// <summary>Text from boards, made fit for documents.</summary>
internal static class PrintableText
{
    /// <summary>
    /// The text with what XML and HTML cannot hold replaced: control characters by their pictures (U+2400…), lone surrogates and
    /// non-characters by U+FFFD, and the marks that turn the direction of writing (which make text read as what it is not) likewise.
    /// </summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(Replace(rune));
        }

        return result.ToString();
    }

    private static Rune Replace(Rune rune) =>
        rune.Value switch
        {
            '\n' or '\t' => rune,
            < 0x20 => new Rune(0x2400 + rune.Value),
            0x7F => new Rune(0x2421),
            (>= 0x80 and < 0xA0) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F =>
                Rune.ReplacementChar,
            (>= 0xFDD0 and <= 0xFDEF) => Rune.ReplacementChar,
            _ when (rune.Value & 0xFFFE) == 0xFFFE => Rune.ReplacementChar,
            _ => rune,
        };
}
