using System.Text;
using CliWrap;
using Lab.Host.Machine;

namespace Lab.Services.GitOps.Sources;

/// <summary>
/// Verifies the signature of a commit or tag by git itself, against nothing but the public keys of a Secret: OpenPGP keys (armoured), and SSH
/// keys as <c>ssh-ed25519 AAAA…</c> or as lines of an allowed_signers file (ssh-keygen(1)).
/// </summary>
internal sealed class SignatureVerifier(GitTool git, string workFolder)
{
    private const string PgpHeader = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    private static readonly string[] SshTypes = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"];

    /// <returns>The key or principal that signed.</returns>
    /// <exception cref="SourceException">There is no signature, it is bad, or none of the keys made it.</exception>
    public async Task<string> VerifyAsync(
        string repository,
        SignedObject signed,
        IReadOnlyDictionary<string, byte[]> keys,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateDirectory(Path.Combine(workFolder, $"keys-{Guid.NewGuid():N}")).FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var settings = await PrepareAsync(folder, keys, cancellationToken);
            var answer = await git.RunAsync(
                repository,
                [signed.IsTag ? "verify-tag" : "verify-commit", "--raw", signed.Id],
                settings,
                cancellationToken
            );
            return answer.ExitCode == 0 ? Signer(answer.Error) : throw Refusal(signed, answer.Error);
        }
        finally
        {
            await EndAgentAsync(folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The lines of an allowed_signers file that the Secret's SSH keys make.</summary>
    internal static string AllowedSigners(IReadOnlyDictionary<string, byte[]> keys)
    {
        var lines = new StringBuilder();
        foreach (var (name, value) in keys.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var text = Encoding.UTF8.GetString(value);
            if (text.Contains(PgpHeader, StringComparison.Ordinal))
                continue;
            foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()))
            {
                if (line.Length == 0 || line[0] == '#')
                    continue;
                // A bare key gets the Secret's field for a principal, and is for Git only.
                var isBare = SshTypes.Any(type => line.StartsWith(type, StringComparison.Ordinal));
                var principal = name.Any(letter => letter is ' ' or '"' or ',' or '*' or '?' or '!') ? "key" : name;
                lines.Append(isBare ? $"{principal} namespaces=\"git\" {line}" : line).Append('\n');
            }
        }

        return lines.ToString();
    }

    private static async Task<GitSettings> PrepareAsync(
        string folder,
        IReadOnlyDictionary<string, byte[]> keys,
        CancellationToken cancellationToken
    )
    {
        var signers = Path.Combine(folder, "allowed_signers");
        await File.WriteAllTextAsync(signers, AllowedSigners(keys), cancellationToken);
        foreach (var value in keys.Values)
        {
            if (Encoding.UTF8.GetString(value).Contains(PgpHeader, StringComparison.Ordinal))
                await ImportAsync(folder, value, cancellationToken);
        }

        return new GitSettings
        {
            Configuration =
            [
                ("gpg.ssh.allowedSignersFile", signers),
                ("gpg.ssh.program", HostTools.Require("ssh-keygen")),
                ("gpg.program", HostTools.Require("gpg")),
                ("gpg.minTrustLevel", "undefined"),
            ],
            Variables = [("GNUPGHOME", folder)],
        };
    }

    private static async Task ImportAsync(string folder, byte[] key, CancellationToken cancellationToken)
    {
        var errors = new StringBuilder();
        var result = await Cli.Wrap(HostTools.Require("gpg"))
            .WithArguments([
                "--homedir",
                folder,
                "--batch",
                "--quiet",
                "--no-autostart",
                "--import-options",
                "import-minimal",
                "--import",
            ])
            .WithStandardInputPipe(PipeSource.FromBytes(key))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        if (result.ExitCode != 0)
            throw new SourceException(
                SourceException.VerificationError,
                $"an OpenPGP key of the secret cannot be read: {errors.ToString().Trim()}"
            );
    }

    // gpg may have started an agent for this home; it must not outlive the folder.
    private static async Task EndAgentAsync(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "S.gpg-agent")) || HostTools.Find("gpgconf") is not { } tool)
            return;
        await Cli.Wrap(tool)
            .WithArguments(["--homedir", folder, "--kill", "all"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync();
    }

    private static string Signer(string raw)
    {
        foreach (var line in raw.Split('\n').Select(line => line.Trim()))
        {
            // OpenPGP's status line, and ssh-keygen's own sentence.
            if (line.StartsWith("[GNUPG:] VALIDSIG ", StringComparison.Ordinal))
                return line.Split(' ')[2];
            if (line.StartsWith("Good \"git\" signature for ", StringComparison.Ordinal))
                return line["Good \"git\" signature for ".Length..];
        }

        return "unknown";
    }

    private static SourceException Refusal(SignedObject signed, string raw)
    {
        var said = raw.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        var reason = signed.IsTag ? SourceException.InvalidTagSignature : SourceException.InvalidCommitSignature;
        var detail =
            said.Count == 0 ? "it is not signed"
            : said.Exists(line => line.Contains("No principal matched", StringComparison.Ordinal))
                ? "signed by a key that is not trusted"
            : said.Exists(line => line.Contains("NO_PUBKEY", StringComparison.Ordinal)) ? "signed by a key that is not trusted"
            : said.Exists(line => line.Contains("no signature found", StringComparison.Ordinal)) ? "it is not signed"
            : string.Join("; ", said.TakeLast(3));
        return new SourceException(reason, $"signature verification of {signed.Description} failed: {detail}");
    }
}
