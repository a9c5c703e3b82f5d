using System.Text;

namespace Lab.Trust.Oci;

/// <summary>The parameters of a <c>WWW-Authenticate</c> header (RFC 9110, 11.2).</summary>
internal static class OciChallenge
{
    public static IReadOnlyDictionary<string, string> Parameters(string? text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = (text ?? "").AsSpan();
        while (rest.IndexOf('=') is var equals and > 0)
        {
            var name = rest[..equals].Trim(" \t,").ToString();
            rest = rest[(equals + 1)..].TrimStart();
            parameters[name] = rest.StartsWith('"') ? Quoted(ref rest) : Token(ref rest);
        }
        return parameters;
    }

    private static string Token(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(',');
        var value = (end < 0 ? rest : rest[..end]).Trim().ToString();
        rest = end < 0 ? [] : rest[(end + 1)..];
        return value;
    }

    private static string Quoted(ref ReadOnlySpan<char> rest)
    {
        var value = new StringBuilder();
        var i = 1;
        for (; i < rest.Length && rest[i] != '"'; i++)
        {
            if (rest[i] == '\\' && i + 1 < rest.Length)
            {
                i++;
            }
            value.Append(rest[i]);
        }
        rest = i + 1 < rest.Length ? rest[(i + 1)..] : [];
        return value.ToString();
    }
}
