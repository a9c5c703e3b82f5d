using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>
/// The canonical form over which TUF signatures are made (OLPC canonical JSON): members sorted, no white space, only
/// quote and backslash escaped, integers only.
/// </summary>
public static class CanonicalJson
{
    /// <exception cref="FormatException">A number is not an integer, or a string is not valid Unicode.</exception>
    public static byte[] Encode(JsonElement element)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Write(element, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement element, ArrayBufferWriter<byte> output)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(element, output);
                break;
            case JsonValueKind.Array:
                var first = true;
                output.Write("["u8);
                foreach (var item in element.EnumerateArray())
                {
                    output.Write(first ? ""u8 : ","u8);
                    first = false;
                    Write(item, output);
                }
                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(Text(() => element.GetString()!), output);
                break;
            case JsonValueKind.Number:
                WriteInteger(element.GetRawText(), output);
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Null:
                output.Write("null"u8);
                break;
            default:
                throw new FormatException("Not a JSON value.");
        }
    }

    private static void WriteObject(JsonElement element, ArrayBufferWriter<byte> output)
    {
        var members = new List<(byte[] Order, string Name, JsonElement Value)>();
        foreach (var member in element.EnumerateObject())
        {
            var name = Text(() => member.Name);
            members.Add((Encoding.UTF8.GetBytes(name), name, member.Value));
        }
        // By code point, which is the order of the UTF-8 bytes; UTF-16 order differs beyond U+FFFF.
        members.Sort((a, b) => a.Order.AsSpan().SequenceCompareTo(b.Order));
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            WriteString(members[i].Name, output);
            output.Write(":"u8);
            Write(members[i].Value, output);
        }
        output.Write("}"u8);
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        var escaped = text.AsSpan().ContainsAny('"', '\\')
            ? text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            : text;
        output.Write("\""u8);
        Encoding.UTF8.GetBytes(escaped, output);
        output.Write("\""u8);
    }

    private static void WriteInteger(string raw, ArrayBufferWriter<byte> output)
    {
        if (raw.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            throw new FormatException($"Canonical JSON has no fractions or exponents: {raw}.");
        }
        Encoding.UTF8.GetBytes(raw == "-0" ? "0" : raw, output);
    }

    /// <summary>A lone surrogate has no UTF-8 form; System.Text.Json says so only when the text is asked for.</summary>
    private static string Text(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Bad text: {e.Message}"), e);
        }
    }
}
