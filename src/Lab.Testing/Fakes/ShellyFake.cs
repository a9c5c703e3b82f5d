using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Lab.Testing.Fakes;

/// <summary>A Shelly of the first generation (REST, basic authentication) or a later one (RPC, digest authentication).</summary>
internal sealed partial class ShellyFake(FakeState state, int generation, string? password) : IHttpFake
{
    private const string Realm = "shellyplus1-fake";
    private const string Nonce = "5f3759df";
    private const int Relays = 4;

    public HttpFakeAnswer Answer(HttpFakeRequest request)
    {
        if (password is not null && !IsAllowed(request))
        {
            return new HttpFakeAnswer(
                401,
                "{}",
                generation == 1
                    ? $"WWW-Authenticate: Basic realm=\"{Realm}\""
                    : $"WWW-Authenticate: Digest qop=\"auth\", realm=\"{Realm}\", nonce=\"{Nonce}\", algorithm=SHA-256"
            );
        }

        return generation == 1 ? First(request) : Later(request);
    }

    private HttpFakeAnswer First(HttpFakeRequest request)
    {
        var match = RelayPath().Match(request.Path);
        if (!match.Success || !TryRelay(match.Groups["relay"].Value, out var relay))
        {
            return Unknown(request);
        }

        if (request.Query.TryGetValue("turn", out var turn))
        {
            if (turn is not ("on" or "off"))
            {
                return Unknown(request);
            }

            state.Switch(relay, turn == "on");
        }

        return HttpFakeAnswer.Ok(
            $$"""{"ison":{{Word(state.IsOn(relay))}},"has_timer":false,"timer_remaining":0,"overpower":false,"source":"http"}"""
        );
    }

    private HttpFakeAnswer Later(HttpFakeRequest request)
    {
        if (!TryRelay(request.Query.GetValueOrDefault("id"), out var relay))
        {
            return Unknown(request);
        }

        switch (request.Path)
        {
            case "/rpc/Switch.GetStatus":
                return HttpFakeAnswer.Ok(
                    $$"""{"id":{{relay}},"source":"HTTP_in","output":{{Word(state.IsOn(relay))}},"apower":0.0,"voltage":230.1}"""
                );
            case "/rpc/Switch.Set" when request.Query.GetValueOrDefault("on") is "true" or "false":
                var before = state.IsOn(relay);
                state.Switch(relay, request.Query["on"] == "true");
                return HttpFakeAnswer.Ok($$"""{"was_on":{{Word(before)}}}""");
            default:
                return Unknown(request);
        }
    }

    private HttpFakeAnswer Unknown(HttpFakeRequest request)
    {
        state.Violate($"{request.Method} {request.Target}");
        return new HttpFakeAnswer(404, """{"code":-114,"message":"no handler"}""");
    }

    private bool IsAllowed(HttpFakeRequest request)
    {
        var given = request.Headers.GetValueOrDefault("Authorization") ?? "";
        if (generation == 1)
        {
            return given == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + password));
        }

        var fields = DigestField()
            .Matches(given)
            .ToDictionary(
                match => match.Groups["name"].Value,
                match => match.Groups["value"].Value.Trim('"'),
                StringComparer.Ordinal
            );
        if (!fields.TryGetValue("response", out var response))
        {
            return false;
        }

        // RFC 7616, section 3.4.1.
        var secret = Hash($"admin:{Realm}:{password}");
        var asked = Hash($"{request.Method}:{request.Target}");
        return response == Hash($"{secret}:{Nonce}:{fields["nc"]}:{fields["cnonce"]}:{fields["qop"]}:{asked}");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Word(bool flag) => flag ? "true" : "false";

    private static bool TryRelay(string? text, out int relay) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out relay) && relay < Relays;

    [GeneratedRegex("^/relay/(?<relay>[0-9]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RelayPath();

    [GeneratedRegex("(?<name>[a-z]+)=(?<value>\"[^\"]*\"|[^, ]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DigestField();
}
