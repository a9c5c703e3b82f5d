using System.Globalization;
using System.Text.RegularExpressions;
using Lab.Model.Errors;

namespace Lab.Hardware.Settings;

/// <summary>
/// A driver's section of a rig: <c>power:</c> or <c>console:</c> of a board. Every value is taken through a method that checks it; what does
/// not belong there is refused with its place in the file.
/// </summary>
public sealed class DriverSection
{
    /// <summary>The longest value that is taken, in characters.</summary>
    public const int LongestValue = 1024;

    private readonly DriverSyntax _syntax;
    private readonly IReadOnlyDictionary<string, DriverValue> _values;

    /// <summary>Checks a section's keys.</summary>
    /// <param name="syntax">What the driver takes.</param>
    /// <param name="at">Where the section stands: <c>file:line:column</c>.</param>
    /// <param name="values">Its values by key, without <c>driver</c> itself.</param>
    /// <exception cref="RigException">A key is unknown to the driver, or one that it needs is missing.</exception>
    public DriverSection(DriverSyntax syntax, string at, IReadOnlyDictionary<string, DriverValue> values)
    {
        _syntax = syntax;
        _values = values;
        At = at;
        foreach (var (name, value) in values)
        {
            var key = syntax.Keys.FirstOrDefault(known => known.Name == name);
            if (key is null)
            {
                throw new RigException(
                    $"driver '{syntax.Name}' takes no '{name}'",
                    value.At,
                    $"its keys: {string.Join(", ", syntax.Keys.Select(known => known.Name))}"
                );
            }

            if ((!key.IsList && value.Words.Count != 1) || value.Words.Any(word => word.Length is 0 or > LongestValue))
            {
                throw Wrong(name);
            }
        }

        if (syntax.Keys.FirstOrDefault(key => key.Required && !values.ContainsKey(key.Name)) is { } missing)
        {
            throw new RigException(
                $"driver '{syntax.Name}' needs the key '{missing.Name}'",
                at,
                $"add '{missing.Name}:' with {missing.Expected}"
            );
        }
    }

    /// <summary>The driver's name.</summary>
    public string Driver => _syntax.Name;

    /// <summary>Where the section stands.</summary>
    public string At { get; }

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The text under a key, or null.</summary>
    public string? Text(string key) => _values.TryGetValue(key, out var value) ? value.Words[0] : null;

    /// <summary>The words under a key; none where it is missing.</summary>
    public IReadOnlyList<string> Words(string key) => _values.TryGetValue(key, out var value) ? value.Words : [];

    /// <summary>The text under a key, which has that form, or null.</summary>
    public string? Matching(string key, string pattern) =>
        Text(key) is not { } text ? null
        : Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking) && !text.EndsWith('\n')
            ? text
        : throw Wrong(key);

    /// <summary>The word under a key, one of those allowed, or null.</summary>
    public string? OneOf(string key) =>
        Text(key) is not { } text ? null
        : Key(key).Allowed!.Contains(text, StringComparer.Ordinal) ? text
        : throw Wrong(key);

    /// <summary>The whole number under a key.</summary>
    public int Number(string key, int least, int most, int otherwise) =>
        Text(key) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
        : throw Wrong(key);

    /// <summary>The seconds under a key, with fractions.</summary>
    public TimeSpan Seconds(string key, double least, double most, double otherwise) =>
        Text(key) is not { } text ? TimeSpan.FromSeconds(otherwise)
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
            ? TimeSpan.FromSeconds(number)
        : throw Wrong(key);

    /// <summary>The origin of an HTTP service under a key: <c>http://host</c> or <c>https://host:port</c>, no path.</summary>
    public Uri? Origin(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        var whole = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return
            Uri.TryCreate(whole, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? uri
            : throw Wrong(key);
    }

    /// <summary>A host and a port under a key: <c>host</c>, <c>host:port</c> or <c>[address]:port</c>.</summary>
    public (string Host, int Port)? Endpoint(string key, int defaultPort)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        var isValid = Uri.TryCreate("tcp://" + text, UriKind.Absolute, out var uri);
        if (
            !isValid
            || uri is not { PathAndQuery: "" or "/", UserInfo: "", Fragment: "" }
            || uri.Host.Length == 0
            || uri.Port == 0
        )
        {
            throw Wrong(key);
        }

        var port = uri.IsDefaultPort || uri.Port < 0 ? defaultPort : uri.Port;
        return port > 0 ? (uri.Host.Trim('[', ']'), port) : throw Wrong(key);
    }

    /// <summary>The secret that a key refers to, or null.</summary>
    public SecretReference? Secret(string key) =>
        Text(key) is not { } text ? null
        : SecretReference.TryParse(text) is { } secret ? secret with { At = Where(key) }
        : throw Wrong(key);

    /// <summary>Where a key's value stands; the section where it is missing.</summary>
    public string Where(string key) => _values.TryGetValue(key, out var value) ? value.At : At;

    /// <summary>The error for a value that does not belong under a key. A secret written into the file is not repeated.</summary>
    public RigException Wrong(string key)
    {
        var known = Key(key);
        var expected = known.Allowed is { } allowed ? $"one of: {string.Join(", ", allowed)}" : known.Expected;
        var isSecret = known.Expected.StartsWith(SecretReference.Expected, StringComparison.Ordinal);
        var what = isSecret
            ? $"'{key}' of driver '{Driver}' is no reference to a secret"
            : $"'{key}' of driver '{Driver}' cannot be '{Shorten(Text(key))}'";
        return new RigException(what, Where(key), $"{key}: {expected}");
    }

    private DriverKey Key(string name) => _syntax.Keys.First(known => known.Name == name);

    private static string Shorten(string? text) =>
        text is null ? ""
        : text.Length <= 40 ? text
        : text[..40] + "…";
}
