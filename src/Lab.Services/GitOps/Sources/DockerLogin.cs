using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Trust.Oci;

namespace Lab.Services.GitOps.Sources;

/// <summary>Reads the login for a registry from a Secret of type <c>kubernetes.io/dockerconfigjson</c>.</summary>
internal static class DockerLogin
{
    private const string Field = ".dockerconfigjson";

    /// <returns>Null where the Secret is empty, or has no login for this registry.</returns>
    /// <exception cref="SourceException">The Secret is of another kind, or is not well-formed.</exception>
    public static OciCredential? Find(IReadOnlyDictionary<string, byte[]> secret, string registry)
    {
        if (secret.Count == 0)
            return null;
        if (!secret.TryGetValue(Field, out var content))
            throw Invalid($"it has no {Field}: its type must be kubernetes.io/dockerconfigjson");
        try
        {
            var logins = JsonNode.Parse(content)?["auths"] as JsonObject;
            var login = logins?.FirstOrDefault(login => HostOf(login.Key) == registry).Value as JsonObject;
            return login is null ? null : Read(login);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw Invalid(exception.Message);
        }
    }

    // Docker writes addresses of an older protocol: https://host/v1/.
    private static string HostOf(string key)
    {
        var host = key.Contains("://", StringComparison.Ordinal)
            ? key[(key.IndexOf("://", StringComparison.Ordinal) + 3)..]
            : key;
        return host.Split('/')[0];
    }

    private static OciCredential? Read(JsonObject login)
    {
        if (KubeJson.Text(login["username"]) is { } user && KubeJson.Text(login["password"]) is { } password)
            return new OciCredential(user, password);
        if (KubeJson.Text(login["auth"]) is not { Length: > 0 } auth)
            return null;
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':', 2);
        return pair.Length == 2
            ? new OciCredential(pair[0], pair[1])
            : throw new FormatException("'auth' is not name and password with a colon between");
    }

    private static SourceException Invalid(string why) =>
        new(SourceException.AuthenticationFailed, $"the Secret of spec.secretRef cannot be used: {why}");
}
