using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Model.Errors;

namespace Lab.Host.Debian;

/// <summary>
/// apt with a configuration, lists and caches of its own, for one suite and architecture: nothing of the machine's
/// package management is read but its way to the network, and nothing of it is changed. Works as any user.
/// </summary>
internal sealed class PrivateApt
{
    private static readonly string[] Keyrings =
    [
        "/usr/share/keyrings/debian-archive-keyring.gpg",
        "/usr/share/keyrings/debian-archive-keyring.pgp",
    ];

    private readonly string _folder;
    private readonly string _suite;
    private readonly string _mirror;
    private readonly string _architecture;

    public PrivateApt(string folder, string suite, string mirror, string architecture)
    {
        _folder = folder;
        _suite = suite;
        _mirror = mirror;
        _architecture = architecture;
    }

    private string Configuration => Path.Combine(_folder, "apt.conf");

    /// <summary>Whether the lists of source packages are read, too.</summary>
    public bool WithSources { get; init; }

    /// <summary>Writes the configuration and fetches the suite's signed package list.</summary>
    /// <exception cref="LabException">No keyring, no apt, mirror not reachable, or its signature is wrong.</exception>
    public async Task UpdateAsync(CancellationToken cancellationToken)
    {
        string keyring =
            Keyrings.FirstOrDefault(File.Exists)
            ?? throw new LabException(
                "the keys that sign Debian's archive are not on this machine",
                Keyrings[0],
                "install the package debian-archive-keyring"
            );
        foreach (string part in (string[])["lists/partial", "archives/partial", "parts", "preferences"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, part));
        }

        string transport = await MachineTransportAsync(cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "status"), "", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "archive.sources"), Sources(keyring), cancellationToken);
        await File.WriteAllTextAsync(Configuration, Settings() + transport, cancellationToken);
        // Without this, apt counts a failed list as a warning and goes on with what it had.
        await RunAsync("apt-get", ["-q", "-o", "APT::Update::Error-Mode=any", "update"], _folder, null, cancellationToken);
    }

    /// <summary>The index entries of the packages, newest version first per name as apt chooses it.</summary>
    /// <exception cref="LabException">A package is not in the archive.</exception>
    public async Task<IReadOnlyList<DebianPackage>> ShowAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        string output = await RunAsync("apt-cache", ["show", "--no-all-versions", .. names], _folder, null, cancellationToken);
        Dictionary<string, DebianPackage> found = new(StringComparer.Ordinal);
        foreach (IReadOnlyDictionary<string, string> stanza in ControlFile.Parse(output))
        {
            found.TryAdd(
                stanza["Package"],
                new DebianPackage(
                    _suite,
                    stanza["Package"],
                    stanza["Version"],
                    stanza["SHA256"],
                    long.Parse(stanza["Size"]),
                    string.Join(
                        ", ",
                        ((string[])["Pre-Depends", "Depends"])
                            .Select(field => stanza.GetValueOrDefault(field, ""))
                            .Where(value => value.Length > 0)
                    )
                )
                {
                    Architecture = _architecture,
                }
            );
        }

        return
        [
            .. names.Select(name =>
                found.GetValueOrDefault(name)
                ?? throw new LabException(
                    $"the archive has no package {name} for {_architecture}",
                    $"{_mirror} {_suite}",
                    $"set {DebianMirror.Setting} to another mirror"
                )
            ),
        ];
    }

    /// <summary>Downloads package files into a folder; apt checks each against the signed index.</summary>
    public async Task DownloadAsync(
        IEnumerable<DebianPackage> packages,
        string target,
        Action fileStarted,
        CancellationToken cancellationToken
    ) =>
        await RunAsync(
            "apt-get",
            ["-q", "download", .. packages.Select(package => $"{package.Name}={package.Version}")],
            target,
            line =>
            {
                if (line.StartsWith("Get:", StringComparison.Ordinal))
                {
                    fileStarted();
                }
            },
            cancellationToken
        );

    /// <summary>The index entries of a source package: <c>Sources</c>, one stanza for each version that the suite has.</summary>
    /// <exception cref="LabException">The archive has no such source.</exception>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ShowSourceAsync(
        string name,
        CancellationToken cancellationToken
    )
    {
        string output = await RunAsync("apt-cache", ["showsrc", "--only-source", name], _folder, null, cancellationToken);
        return [.. ControlFile.Parse(output)];
    }

    /// <summary>Downloads the files of a source package into a folder; apt checks each against the signed index.</summary>
    public async Task DownloadSourceAsync(
        string name,
        string version,
        string target,
        Action fileStarted,
        CancellationToken cancellationToken
    ) =>
        await RunAsync(
            "apt-get",
            ["-q", "source", "--download-only", "--only-source", $"{name}={version}"],
            target,
            line =>
            {
                if (line.StartsWith("Get:", StringComparison.Ordinal))
                {
                    fileStarted();
                }
            },
            cancellationToken
        );

    /// <summary>Removes the lists and all else that apt keeps.</summary>
    public void Delete() => Directory.Delete(_folder, recursive: true);

    private string Sources(string keyring) =>
        $"""
            Types: {(WithSources ? "deb deb-src" : "deb")}
            URIs: {_mirror}
            Suites: {_suite}
            Components: main
            Architectures: {_architecture}
            Signed-By: {keyring}

            """;

    private string Settings() =>
        $$"""
            APT::Architecture "{{_architecture}}";
            APT::Architectures { "{{_architecture}}"; };
            // The user _apt cannot enter a private folder below a home.
            APT::Sandbox::User "root";
            Acquire::Languages "none";
            Dir "{{_folder}}";
            Dir::Etc "{{_folder}}";
            Dir::Etc::main "none";
            Dir::Etc::parts "parts";
            Dir::Etc::sourcelist "archive.sources";
            Dir::Etc::sourceparts "parts";
            Dir::Etc::preferences "none";
            Dir::Etc::preferencesparts "preferences";
            Dir::Etc::trusted "none";
            Dir::Etc::trustedparts "parts";
            Dir::State "{{_folder}}";
            Dir::State::lists "lists";
            Dir::State::status "{{_folder}}/status";
            Dir::Cache "{{_folder}}";
            Dir::Cache::archives "archives";

            """;

    // Proxies, certificates and the machine's clock policy are how this machine reaches any archive. Whether a
    // signature is demanded is not taken over.
    private static async Task<string> MachineTransportAsync(CancellationToken cancellationToken)
    {
        BufferedCommandResult result = await Cli.Wrap(HostTools.Require("apt-config"))
            .WithArguments("dump")
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        string[] wanted = ["Acquire::http::", "Acquire::https::", "Acquire::Check-", "Acquire::Retries", "Acquire::ForceIPv"];
        return string.Join(
                "\n",
                result
                    .StandardOutput.Split('\n')
                    .Where(line => wanted.Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal)))
            ) + "\n";
    }

    private async Task<string> RunAsync(
        string tool,
        IReadOnlyList<string> arguments,
        string folder,
        Action<string>? onLine,
        CancellationToken cancellationToken
    )
    {
        var output = new StringBuilder();
        var errors = new StringBuilder();
        PipeTarget standardOutput = PipeTarget.ToStringBuilder(output);
        CommandResult result = await Cli.Wrap(HostTools.Require(tool))
            .WithArguments(arguments)
            .WithWorkingDirectory(folder)
            .WithEnvironmentVariables(environment => environment.Set("APT_CONFIG", Configuration).Set("LC_ALL", "C"))
            .WithStandardOutputPipe(
                onLine is null ? standardOutput : PipeTarget.Merge(standardOutput, PipeTarget.ToDelegate(onLine))
            )
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        return result.ExitCode == 0
            ? output.ToString()
            : throw AptFailure.Explain(errors.ToString(), $"{_mirror} {_suite}", _folder);
    }
}
