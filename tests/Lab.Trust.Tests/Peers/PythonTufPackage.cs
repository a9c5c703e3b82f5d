using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Debian;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Trust.Tests.Peers;

/// <summary>
/// The reference implementation, Debian's python3-tuf: the machine's own, or trixie's package unpacked into the lab's cache, which is plain
/// Python and runs on older interpreters too. What of it is compiled comes from the machine's own release.
/// </summary>
internal static class PythonTufPackage
{
    private const string Python = "/usr/bin/python3";
    private const string Packages = "usr/lib/python3/dist-packages";

    // Bookworm's cryptography 38 has this union of types, of which nothing but its name matters, under its older name.
    private const string Bridge = """
        import cryptography.hazmat.primitives.asymmetric.types as types
        if not hasattr(types, "PublicKeyTypes"):
            types.PublicKeyTypes = types.PUBLIC_KEY_TYPES

        """;
    private const string Probe = """
        import tuf.ngclient
        from securesystemslib.signer import _key
        assert _key.CRYPTO_IMPORT_ERROR is None, _key.CRYPTO_IMPORT_ERROR
        """;
    private static readonly string[] Plain = ["python3-tuf", "python3-securesystemslib"];
    private static readonly string[] Compiled =
    [
        "python3-cryptography",
        "python3-cffi-backend",
        "python3-urllib3",
        "python3-six",
    ];

    /// <summary>The value of PYTHONPATH with which it can be imported.</summary>
    /// <exception cref="LabException">It cannot be had on this machine; says why.</exception>
    public static async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Python))
        {
            throw new LabException("there is no Python", Python);
        }
        if ((await RunAsync("", Probe, [], cancellationToken)).ExitCode == 0)
        {
            return "";
        }
        var archive = new DebianArchive(LabFolders.FromEnvironment().Cache);
        var plain = await FetchAsync(archive, "trixie", Plain, cancellationToken);
        var path = PathOf(plain);
        if ((await RunAsync(path, Probe, [], cancellationToken)).ExitCode == 0)
        {
            return path;
        }
        var compiled = await FetchAsync(archive, await ReleaseAsync(cancellationToken), Compiled, cancellationToken);
        path = PathOf([.. plain, .. compiled]);
        var result = await RunAsync(path, Probe, [], cancellationToken);
        return result.ExitCode == 0
            ? path
            : throw new LabException($"python3-tuf does not run on this machine's Python: {result.StandardError}");
    }

    /// <summary>Runs a script that may import tuf.</summary>
    public static async Task<BufferedCommandResult> RunAsync(
        string path,
        string script,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    ) =>
        await Cli.Wrap(Python)
            .WithArguments(["-c", Bridge + script, .. arguments])
            .WithEnvironmentVariables(variables => variables.Set("PYTHONPATH", path).Set("PYTHONDONTWRITEBYTECODE", "1"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);

    private static Task<IReadOnlyList<DebianPackage>> FetchAsync(
        DebianArchive archive,
        string suite,
        IEnumerable<string> names,
        CancellationToken cancellationToken
    ) =>
        archive.FetchAsync(
            [.. names.Select(name => new PackageRequest(suite, name) { Architecture = DebianArchitecture.Host })],
            progress: null,
            refresh: false,
            cancellationToken
        );

    private static async Task<string> ReleaseAsync(CancellationToken cancellationToken)
    {
        const string Key = "VERSION_CODENAME=";
        var lines = await File.ReadAllLinesAsync("/etc/os-release", cancellationToken);
        var line = lines.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line?[Key.Length..] ?? throw new LabException("the release of this Debian is unknown", "/etc/os-release");
    }

    private static string PathOf(IReadOnlyList<DebianPackage> packages) =>
        string.Join(':', packages.Select(package => package.PathOf(Packages)));
}
