using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.Tests.GitOps;

/// <summary>A real Git repository in a temporary folder, with keys, and what the engine uses to look at it.</summary>
internal sealed class TestRepository : IDisposable
{
    public TestRepository()
    {
        Root = Directory.CreateTempSubdirectory("hwlab-git-").FullName;
        Folder = Directory.CreateDirectory(Path.Combine(Root, "origin")).FullName;
        Work = Directory.CreateDirectory(Path.Combine(Root, "work")).FullName;
        Tool = new GitTool(Work, new GitLimits().Pack);
        Mirror = new GitMirror(Tool, Path.Combine(Work, "mirror.git"));
        Remote = GitRemote.Create(new Uri(Folder).AbsoluteUri, new Dictionary<string, byte[]>(StringComparer.Ordinal), Work);
    }

    public string Root { get; }

    /// <summary>The repository that is followed, with a work tree.</summary>
    public string Folder { get; }

    /// <summary>The engine's folder.</summary>
    public string Work { get; }

    public GitTool Tool { get; }

    public GitMirror Mirror { get; }

    public GitRemote Remote { get; }

    public static async Task<TestRepository> CreateAsync()
    {
        var repository = new TestRepository();
        await repository.GitAsync("init", "--quiet", "--initial-branch=main", ".");
        await repository.GitAsync("config", "commit.gpgSign", "false");
        return repository;
    }

    public string PathOf(string name) => Path.Combine(Root, name);

    public async Task<string> GitAsync(params string[] arguments)
    {
        var result = await Cli.Wrap("git")
            .WithArguments(arguments)
            .WithWorkingDirectory(Folder)
            .WithEnvironmentVariables(environment =>
                environment
                    .Set("HOME", Root)
                    .Set("GNUPGHOME", PathOf("gnupg"))
                    .Set("GIT_CONFIG_NOSYSTEM", "1")
                    .Set("GIT_CONFIG_GLOBAL", "/dev/null")
                    .Set("GIT_AUTHOR_NAME", "T")
                    .Set("GIT_AUTHOR_EMAIL", "t@test.invalid")
                    .Set("GIT_COMMITTER_NAME", "T")
                    .Set("GIT_COMMITTER_EMAIL", "t@test.invalid")
            )
            .ExecuteBufferedAsync();
        return result.StandardOutput.Trim();
    }

    public async Task<string> CommitAsync(string path, string content, params string[] settings)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllTextAsync(full, content);
        await GitAsync("add", "--all", ".");
        await GitAsync([.. settings, "commit", "--quiet", "-m", $"Change {path}"]);
        return await GitAsync("rev-parse", "HEAD");
    }

    /// <summary>Makes an SSH key.</summary>
    /// <returns>Settings that sign with it, and its public key.</returns>
    public async Task<(string[] Settings, byte[] PublicKey)> NewSshKeyAsync(string name, string type = "ed25519")
    {
        await Cli.Wrap("ssh-keygen").WithArguments(["-q", "-t", type, "-N", "", "-C", name, "-f", PathOf(name)]).ExecuteAsync();
        return (
            [
                "-c",
                "gpg.format=ssh",
                "-c",
                $"user.signingKey={PathOf(name)}",
                "-c",
                "commit.gpgSign=true",
                "-c",
                "tag.gpgSign=true",
            ],
            await File.ReadAllBytesAsync(PathOf(name + ".pub"))
        );
    }

    /// <summary>Makes an OpenPGP key, which lasts as long as gpg is told.</summary>
    public async Task<(string[] Settings, byte[] PublicKey)> NewPgpKeyAsync(string mail)
    {
        var home = Directory.CreateDirectory(PathOf("gnupg")).FullName;
        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Cli.Wrap("gpg")
            .WithArguments([
                "--homedir",
                home,
                "--batch",
                "--quiet",
                "--passphrase",
                "",
                "--quick-generate-key",
                mail,
                "ed25519",
                "sign",
                "never",
            ])
            .WithValidation(CommandResultValidation.ZeroExitCode)
            .ExecuteBufferedAsync();
        var exported = await Cli.Wrap("gpg")
            .WithArguments(["--homedir", home, "--armor", "--export", mail])
            .ExecuteBufferedAsync();
        return (
            ["-c", "gpg.format=openpgp", "-c", $"user.signingKey={mail}", "-c", "commit.gpgSign=true", "-c", "tag.gpgSign=true"],
            Encoding.ASCII.GetBytes(exported.StandardOutput)
        );
    }

    public Task<GitCheckout> FetchAsync(GitReference? reference = null, string? accepted = null) =>
        Mirror.FetchAsync(Remote, reference ?? Branch("main"), accepted, CancellationToken.None);

    public Task<string> VerifyAsync(SignedObject signed, params (string Name, byte[] Key)[] keys) =>
        new SignatureVerifier(Tool, Work).VerifyAsync(
            Mirror.Folder,
            signed,
            keys.ToDictionary(key => key.Name, key => key.Key, StringComparer.Ordinal),
            CancellationToken.None
        );

    public async Task<SortedDictionary<string, byte[]>> ReadTreeAsync(
        string commit,
        GitLimits? limits = null,
        string? ignore = null
    ) =>
        await new GitTree(Tool, Mirror.Folder, limits ?? new GitLimits()).ReadAsync(
            commit,
            new GitIgnore(Tool, Mirror.Folder, Work, ignore),
            CancellationToken.None
        );

    public static GitReference Branch(string name) => new(name, null, null, null, null);

    public void Dispose()
    {
        if (Directory.Exists(PathOf("gnupg")))
            Cli.Wrap("gpgconf")
                .WithArguments(["--homedir", PathOf("gnupg"), "--kill", "all"])
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync()
                .GetAwaiter()
                .GetResult();
        Directory.Delete(Root, recursive: true);
    }
}
