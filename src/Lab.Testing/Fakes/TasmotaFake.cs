using System.Globalization;
using System.Text.RegularExpressions;

namespace Lab.Testing.Fakes;

/// <summary>A plug with Tasmota: <c>/cm?cmnd=…</c>, and the same commands by MQTT.</summary>
internal sealed partial class TasmotaFake(FakeState state, string? password) : IHttpFake
{
    public HttpFakeAnswer Answer(HttpFakeRequest request)
    {
        if (request.Path != "/cm" || !request.Query.TryGetValue("cmnd", out var command))
        {
            state.Violate($"{request.Method} {request.Target}");
            return new HttpFakeAnswer(404, "{}");
        }

        var isAllowed =
            password is null
            || (request.Query.GetValueOrDefault("user") == "admin" && request.Query.GetValueOrDefault("password") == password);
        return isAllowed
            ? HttpFakeAnswer.Ok(Obey(state, command))
            : new HttpFakeAnswer(401, """{"WARNING":"Need user=<username>&password=<password>"}""");
    }

    public static string Obey(FakeState state, string command)
    {
        var match = Power().Match(command);
        if (!match.Success)
        {
            state.Violate(command);
            return """{"Command":"Unknown"}""";
        }

        var relay =
            match.Groups["relay"].Length == 0 ? 1 : int.Parse(match.Groups["relay"].ValueSpan, CultureInfo.InvariantCulture);
        if (match.Groups["state"].Length > 0)
        {
            state.Switch(relay, match.Groups["state"].Value.Equals("on", StringComparison.OrdinalIgnoreCase));
        }

        return $$"""{"POWER{{relay}}":"{{(state.IsOn(relay) ? "ON" : "OFF")}}"}""";
    }

    [GeneratedRegex(
        "^power(?<relay>[1-8]?)( (?<state>on|off))?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Power();
}
