using System.Security.Cryptography;
using System.Text;
using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Services.Git;

/// <summary>
/// The run's fleet repository: bare, seeded from the rig's fleet folder in one signed commit, served by real Git over HTTP on the loopback
/// interface, and changed by real pushes from a clone.
/// </summary>
public sealed class FleetRepository : IFleetRepository, IAsyncDisposable
{
    private const string Repository = "fleet.git";

    private readonly FleetRepositoryOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly GitBackend _backend;
    private readonly string _password;
    private readonly string _serverRoot;
    private readonly string _clone;
    private readonly GitCommand _git;
    private SigningKey? _key;
    private GitHttpServer? _server;

    private FleetRepository(FleetRepositoryOptions options)
    {
        _options = options;
        _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _serverRoot = Path.Combine(options.WorkFolder, "server");
        _clone = Path.Combine(options.WorkFolder, "clone");
        _git = new GitCommand(_clone);
        _backend = new GitBackend(_serverRoot, Repository, _password);
    }

    /// <inheritdoc/>
    public string Branch => _options.Branch;

    /// <summary>The address to fetch from, on this host's loopback interface.</summary>
    public string Url => new Uri(_server!.Origin, Repository).AbsoluteUri;

    /// <summary>The public key that signs the fleet's commits, in OpenSSH's form.</summary>
    public string PublicKey => _key!.PublicKey;

    /// <summary>Called after each push: what makes a change roll out at once.</summary>
    public Action? OnPush
    {
        get => _backend.OnPush;
        set => _backend.OnPush = value;
    }

    /// <summary>Makes the repository and serves it.</summary>
    /// <exception cref="RigException">The rig's fleet folder is not there or is empty.</exception>
    /// <exception cref="LabException">git fails, or no port can be had.</exception>
    public static async Task<FleetRepository> StartAsync(FleetRepositoryOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.SeedFolder) || !Directory.EnumerateFileSystemEntries(options.SeedFolder).Any())
            throw new RigException("the rig's fleet folder has no files", options.SeedFolder, "put the fleet's manifests there");
        var fleet = new FleetRepository(options);
        try
        {
            await fleet.MakeAsync(cancellationToken);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<string> GetHeadAsync(CancellationToken cancellationToken) =>
        new GitCommand(Path.Combine(_serverRoot, Repository)).ReadAsync(
            ["rev-parse", "--verify", $"refs/heads/{Branch}"],
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken) =>
        new GitCommand(Path.Combine(_serverRoot, Repository)).RunAsync(
            ["cat-file", "blob", $"refs/heads/{Branch}:{Checked(path)}"],
            null,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<string> CommitAsync(
        IReadOnlyDictionary<string, string?> changes,
        string message,
        bool signed,
        CancellationToken cancellationToken
    ) => ChangeAsync($"refs/heads/{Branch}", changes, message, signed, force: false, cancellationToken);

    /// <inheritdoc/>
    public Task<string> RewriteAsync(
        IReadOnlyDictionary<string, string?> changes,
        string message,
        CancellationToken cancellationToken
    ) => ChangeAsync($"refs/heads/{Branch}~1", changes, message, signed: true, force: true, cancellationToken);

    /// <inheritdoc/>
    public async Task ResetAsync(string commit, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await UpdateCloneAsync(commit, cancellationToken);
            await PushAsync(force: true, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task SetReachableAsync(bool reachable, CancellationToken cancellationToken)
    {
        _server!.IsReachable = reachable;
        return Task.CompletedTask;
    }

    /// <summary>Stops serving and removes the repository.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _options.Owner.RemovePath(_options.WorkFolder);
        _gate.Dispose();
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        _options.Owner.OwnPath(_options.WorkFolder);
        _key = await SigningKey.OpenAsync(_options.KeyFolder, cancellationToken);
        var bare = Directory.CreateDirectory(Path.Combine(_serverRoot, Repository)).FullName;
        var server = new GitCommand(bare);
        await server.RunAsync(
            ["init", "--quiet", "--bare", "--template=", $"--initial-branch={Branch}", "."],
            null,
            cancellationToken
        );
        // An intruder can push what he likes; to refuse it is the engine's task.
        await server.RunAsync(["config", "http.receivepack", "true"], null, cancellationToken);
        await server.RunAsync(["config", "receive.denyNonFastForwards", "false"], null, cancellationToken);
        await server.RunAsync(["config", "gc.auto", "0"], null, cancellationToken);
        _server = await GitHttpServer.StartAsync(_backend, cancellationToken);
        new SeedFiles(_options.Images).Copy(_options.SeedFolder, Directory.CreateDirectory(_clone).FullName);
        await _git.RunAsync(["init", "--quiet", "--template=", $"--initial-branch={Branch}", "."], null, cancellationToken);
        await CommitAllAsync("The rig's fleet", signed: true, cancellationToken);
        await PushAsync(force: false, cancellationToken);
    }

    private async Task<string> ChangeAsync(
        string from,
        IReadOnlyDictionary<string, string?> changes,
        string message,
        bool signed,
        bool force,
        CancellationToken cancellationToken
    )
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var server = new GitCommand(Path.Combine(_serverRoot, Repository));
            await UpdateCloneAsync(await server.ReadAsync(["rev-parse", "--verify", from], cancellationToken), cancellationToken);
            foreach (var (path, content) in changes)
            {
                var full = Path.Combine(_clone, Checked(path));
                if (content is null)
                {
                    File.Delete(full);
                    continue;
                }

                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                await File.WriteAllTextAsync(full, content, new UTF8Encoding(false), cancellationToken);
            }

            await CommitAllAsync(message, signed, cancellationToken);
            await PushAsync(force, cancellationToken);
            return await _git.ReadAsync(["rev-parse", "HEAD"], cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task UpdateCloneAsync(string commit, CancellationToken cancellationToken)
    {
        // From the folder: what is at the server counts, also while it refuses connections.
        var bare = Path.Combine(_serverRoot, Repository);
        await _git.RunAsync(["fetch", "--quiet", bare, $"+refs/heads/{Branch}:refs/remotes/server"], null, cancellationToken);
        await _git.RunAsync(["reset", "--quiet", "--hard", commit], null, cancellationToken);
    }

    private async Task CommitAllAsync(string message, bool signed, CancellationToken cancellationToken)
    {
        await _git.RunAsync(["add", "--all", "--force", "."], null, cancellationToken);
        var (author, mail) = signed ? ("Fleet", "fleet@lab.invalid") : ("Somebody", "somebody@lab.invalid");
        var date = $"@{_options.Time.GetUtcNow().ToUnixTimeSeconds()} +0000";
        string[] settings = signed
            ? ["-c", "gpg.format=ssh", "-c", $"user.signingKey={_key!.PrivatePath}", "-c", "commit.gpgSign=true"]
            : ["-c", "commit.gpgSign=false"];
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["GIT_AUTHOR_NAME"] = author,
            ["GIT_AUTHOR_EMAIL"] = mail,
            ["GIT_AUTHOR_DATE"] = date,
            ["GIT_COMMITTER_NAME"] = author,
            ["GIT_COMMITTER_EMAIL"] = mail,
            ["GIT_COMMITTER_DATE"] = date,
        };
        await _git.RunAsync([.. settings, "commit", "--quiet", "--allow-empty", "-m", message], variables, cancellationToken);
    }

    private async Task PushAsync(bool force, CancellationToken cancellationToken)
    {
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"fleet:{_password}"));
        // In the environment, where other users of the machine do not see it.
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = "http.extraHeader",
            ["GIT_CONFIG_VALUE_0"] = $"Authorization: Basic {pair}",
        };
        var refspec = $"{(force ? "+" : "")}HEAD:refs/heads/{Branch}";
        await _git.RunAsync(["push", "--quiet", Url, refspec], variables, cancellationToken);
    }

    private static string Checked(string path) =>
        path.Length > 0 && !path.StartsWith('/') && path.Split('/').All(part => part is not ("" or "." or ".." or ".git"))
            ? path
            : throw new RigException($"'{path}' is no path in the fleet repository", "fleet repository");
}
