using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Debian;
using Lab.Host.Storage;
using Lab.Model.Errors;
using NUnit.Framework;

namespace Lab.Trust.Tests.Peers;

/// <summary>
/// The reference implementation, Debian's python3-tuf: the machine's own, or trixie's package unpacked into the lab's cache, which is plain
/// Python and runs on older interpreters too. What of it is compiled comes from the machine's own release.
/// </summary>
internal static class PythonTuf
{
    private const string Python = "/usr/bin/python3";

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
    private const string Packages = "usr/lib/python3/dist-packages";
    private static readonly string[] Plain = ["python3-tuf", "python3-securesystemslib"];
    private static readonly string[] Compiled =
    [
        "python3-cryptography",
        "python3-cffi-backend",
        "python3-urllib3",
        "python3-six",
    ];

    /// <summary>Runs a script that may import tuf; ignores the test where python3-tuf cannot be had.</summary>
    public static async Task<BufferedCommandResult> RunAsync(string script, params string[] arguments)
    {
        if (!File.Exists(Python))
        {
            Assert.Ignore("'python3' is not installed.");
        }
        var path = await FindAsync();
        return await CallAsync(path, script, arguments);
    }

    private static async Task<string> FindAsync()
    {
        if ((await CallAsync("", Probe)).ExitCode == 0)
        {
            return "";
        }
        var release = (await File.ReadAllLinesAsync("/etc/os-release")).FirstOrDefault(line =>
            line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal)
        );
        try
        {
            var archive = new DebianArchive(LabFolders.FromEnvironment().Cache);
            var plain = await archive.FetchAsync([.. Plain.Select(name => Request("trixie", name))], null, false, default);
            var path = PathOf(plain);
            if ((await CallAsync(path, Probe)).ExitCode == 0)
            {
                return path;
            }
            var suite = release?[(release.IndexOf('=', StringComparison.Ordinal) + 1)..] ?? "bookworm";
            var compiled = await archive.FetchAsync([.. Compiled.Select(name => Request(suite, name))], null, false, default);
            path = PathOf([.. plain, .. compiled]);
            var result = await CallAsync(path, Probe);
            if (result.ExitCode != 0)
            {
                Assert.Ignore($"python3-tuf does not run on this machine's Python: {result.StandardError}");
            }
            return path;
        }
        catch (LabException exception)
        {
            Assert.Ignore($"python3-tuf cannot be had: {exception.Message}");
            throw;
        }
    }

    private static PackageRequest Request(string suite, string name) =>
        new(suite, name) { Architecture = DebianArchitecture.Host };

    private static string PathOf(IReadOnlyList<DebianPackage> packages) =>
        string.Join(':', packages.Select(package => package.PathOf(Packages)));

    private static async Task<BufferedCommandResult> CallAsync(string path, string script, params string[] arguments) =>
        await Cli.Wrap(Python)
            .WithArguments(["-c", Bridge + script, .. arguments])
            .WithEnvironmentVariables(variables => variables.Set("PYTHONPATH", path).Set("PYTHONDONTWRITEBYTECODE", "1"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
}
