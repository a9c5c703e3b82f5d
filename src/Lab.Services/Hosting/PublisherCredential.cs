using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Lab.Services.Hosting;

/// <summary>What the controller, and who it hands it to, changes a run's registry with. It ends with the run.</summary>
public sealed class PublisherCredential
{
    private const int PasswordBytes = 32;
    private readonly byte[] _basic;

    /// <summary>One that nobody can guess.</summary>
    public PublisherCredential()
    {
        Password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));
        _basic = Encoding.UTF8.GetBytes($"{User}:{Password}");
    }

    /// <summary>The name to log in with.</summary>
    public string User => "hwlab";

    /// <summary>The password.</summary>
    public string Password { get; }

    /// <summary>The file that <c>skopeo --authfile</c>, <c>oras --registry-config</c> and <c>DOCKER_CONFIG</c> take (containers-auth.json(5)).</summary>
    public string ToAuthFile(Uri registry) =>
        new JsonObject
        {
            ["auths"] = new JsonObject { [registry.Authority] = new JsonObject { ["auth"] = Convert.ToBase64String(_basic) } },
        }.ToJsonString();

    /// <summary>Whether an Authorization header carries it (RFC 7617).</summary>
    internal bool IsIn(string? header) =>
        AuthenticationHeaderValue.TryParse(header, out var value)
        && value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
        && value.Parameter is { } parameter
        && IsSame(parameter);

    private bool IsSame(string parameter)
    {
        var bytes = new byte[parameter.Length];
        return Convert.TryFromBase64String(parameter, bytes, out var length)
            && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, length), _basic);
    }
}
