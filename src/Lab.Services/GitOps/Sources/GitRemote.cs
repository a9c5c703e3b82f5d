using System.Text;

namespace Lab.Services.GitOps.Sources;

/// <summary>Where a repository is and how it is reached: its address and the credentials of <c>spec.secretRef</c>.</summary>
/// <param name="Url">The address, checked.</param>
/// <param name="Settings">What git needs to reach it.</param>
internal sealed record GitRemote(string Url, GitSettings Settings)
{
    /// <summary>Reads address and secret. Key files are written into the folder, for the owner only.</summary>
    /// <exception cref="SourceException">The address is not one that is allowed, or the secret does not fit it.</exception>
    public static GitRemote Create(string url, IReadOnlyDictionary<string, byte[]> secret, string folder)
    {
        if (
            !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https" or "ssh" or "file")
            || !url.StartsWith($"{address.Scheme}://", StringComparison.Ordinal)
            || url.Any(letter => letter <= ' ' || letter == 0x7f)
            || (address.Scheme != "file" && (address.Host.Length == 0 || address.Host.StartsWith('-')))
            || (address.Scheme != "ssh" && address.UserInfo.Length > 0)
        )
            throw new SourceException(
                SourceException.UrlInvalid,
                $"the address '{url}' is not http(s)://, ssh:// or file:// (credentials belong into spec.secretRef)",
                stalled: true
            );
        var settings = new GitSettings { Protocol = address.Scheme };
        return new GitRemote(
            url,
            address.Scheme switch
            {
                "http" or "https" => settings with { Configuration = [.. Http(url, secret, folder)] },
                "ssh" => settings with { Variables = [("GIT_SSH_COMMAND", Ssh(secret, folder)), ("GIT_SSH_VARIANT", "ssh")] },
                _ => settings,
            }
        );
    }

    private static IEnumerable<(string, string)> Http(string url, IReadOnlyDictionary<string, byte[]> secret, string folder)
    {
        if (Text(secret, "bearerToken") is { } token)
        {
            yield return ($"http.{url}.extraHeader", $"Authorization: Bearer {Line(token)}");
        }
        else if (Text(secret, "username") is { } user)
        {
            var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Text(secret, "password") ?? ""}"));
            yield return ($"http.{url}.extraHeader", $"Authorization: Basic {pair}");
        }

        if ((secret.GetValueOrDefault("ca.crt") ?? secret.GetValueOrDefault("caFile")) is { } authority)
            yield return ("http.sslCAInfo", Keep(folder, "ca.crt", authority));
    }

    private static string Ssh(IReadOnlyDictionary<string, byte[]> secret, string folder)
    {
        if (!secret.TryGetValue("identity", out var identity) || !secret.TryGetValue("known_hosts", out var hosts))
            throw new SourceException(
                SourceException.AuthenticationFailed,
                "failed to configure authentication options: SSH needs a secret with 'identity' and 'known_hosts'"
            );
        var identityFile = Keep(folder, "identity", identity);
        var hostsFile = Keep(folder, "known_hosts", hosts);
        return $"ssh -F /dev/null -i '{identityFile}' -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes "
            + $"-o StrictHostKeyChecking=yes -o UserKnownHostsFile='{hostsFile}' -o GlobalKnownHostsFile=/dev/null "
            + "-o PermitLocalCommand=no -o ProxyCommand=none -o ForwardAgent=no -o ConnectTimeout=15";
    }

    private static string Keep(string folder, string name, byte[] content)
    {
        if (folder.Contains('\'', StringComparison.Ordinal))
            throw new SourceException(
                SourceException.GitOperationFailed,
                $"the work folder's name has a quote in it: {folder}",
                stalled: true
            );
        var path = Path.Combine(folder, name);
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(path, options);
        file.Write(content);
        // ssh refuses a key without its last line feed.
        if (content.Length > 0 && content[^1] != (byte)'\n')
            file.WriteByte((byte)'\n');
        return path;
    }

    private static string? Text(IReadOnlyDictionary<string, byte[]> secret, string name) =>
        secret.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value).TrimEnd('\r', '\n') : null;

    private static string Line(string text) =>
        text.Any(char.IsControl)
            ? throw new SourceException(SourceException.AuthenticationFailed, "the token in the secret has control characters")
            : text;
}
