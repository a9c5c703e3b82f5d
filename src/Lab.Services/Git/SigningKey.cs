using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Services.Git;

/// <summary>The rig's Ed25519 key that signs commits, in OpenSSH's form; made on first use.</summary>
/// <param name="PrivatePath">The private key's file, readable by its owner alone.</param>
/// <param name="PublicKey">The public key: <c>ssh-ed25519 AAAA… fleet</c>.</param>
public sealed record SigningKey(string PrivatePath, string PublicKey)
{
    /// <summary>The key in a folder. Safe for several processes at once.</summary>
    /// <exception cref="LabException">It cannot be made or read.</exception>
    public static async Task<SigningKey> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        using var held = await FolderLock.TakeAsync(folder, cancellationToken);
        var path = Path.Combine(folder, "fleet");
        if (!File.Exists(path) || !File.Exists(path + ".pub"))
        {
            File.Delete(path);
            File.Delete(path + ".pub");
            var made = await Cli.Wrap(HostTools.Require("ssh-keygen"))
                .WithArguments(["-q", "-t", "ed25519", "-N", "", "-C", "fleet", "-f", path])
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(cancellationToken);
            if (made.ExitCode != 0)
                throw new LabException($"ssh-keygen failed: {made.StandardError.Trim()}", path);
        }

        return new SigningKey(path, (await File.ReadAllTextAsync(path + ".pub", cancellationToken)).Trim());
    }
}
