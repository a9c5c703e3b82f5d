using System.Security.Cryptography;
using System.Text;
using CliWrap;
using Lab.Host.Debian;
using Lab.Host.Machine;
using Lab.Host.Preparation;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Emulation.Images;

/// <summary>
/// Compiles Lab.BootAgent as a static arm64 program by NativeAOT, cross-linked against Debian's libraries. Compiled
/// once for each state of the sources, the libraries and the tools.
/// </summary>
/// <param name="cacheFolder">The lab's cache folder.</param>
/// <param name="repository">The root of the source tree.</param>
internal sealed class BootAgentBuilder(string cacheFolder, string repository)
{
    private const string Project = "src/Lab.BootAgent/Lab.BootAgent.csproj";
    private static readonly string[] SourceFolders = ["src/Lab.BootAgent", "src/Lab.Trust"];

    private readonly string _root = Path.Combine(cacheFolder, "agent");

    /// <summary>The compiled program.</summary>
    /// <exception cref="LabException">No compiler, no source tree, or the compilation failed.</exception>
    public async Task<Artifact> BuildAsync(
        IReadOnlyList<DebianPackage> sysrootPackages,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        string clang = FindTool("clang", "clang");
        string linker = FindTool("ld.lld", "lld");
        string objectCopy = FindTool("llvm-objcopy", "llvm");
        string key = await KeyAsync(sysrootPackages, [clang, linker, objectCopy], cancellationToken);
        string program = Path.Combine(_root, key, "agent");
        if (!File.Exists(program))
        {
            using FolderLock held = await FolderLock.TakeAsync(_root, cancellationToken);
            if (!File.Exists(program))
            {
                progress?.Report(new PreparationProgress("compiling the boot agent for arm64", 0, 0));
                string sysroot = await SysrootAsync(sysrootPackages, cancellationToken);
                await PublishAsync(new Toolchain(clang, linker, objectCopy, sysroot), program, cancellationToken);
            }
        }

        return await ArtifactStore.DescribeAsync(program, cancellationToken);
    }

    private async Task PublishAsync(Toolchain tools, string program, CancellationToken cancellationToken)
    {
        string output = Path.Combine(_root, "new-" + Guid.NewGuid().ToString("N"));
        string flags = $"--target=aarch64-linux-gnu --sysroot={tools.Sysroot}";
        var log = new StringBuilder();
        try
        {
            CommandResult result = await Cli.Wrap(HostTools.Require("dotnet"))
                .WithWorkingDirectory(repository)
                .WithArguments([
                    "publish",
                    Project,
                    "--nologo",
                    "-c",
                    "Release",
                    "-r",
                    "linux-arm64",
                    "--artifacts-path",
                    Path.Combine(_root, "build"),
                    "-o",
                    output,
                    "-p:PublishAot=true",
                    $"-p:SysRoot={tools.Sysroot}",
                    "-p:LinkerFlavor=lld",
                    $"-p:CppCompilerAndLinker={tools.Clang}",
                    $"-p:ObjCopyName={tools.ObjectCopy}",
                    "-p:StaticExecutable=true",
                    "-p:StaticOpenSslLinking=true",
                    "-p:RunAnalyzers=false",
                    "-p:EnforceCodeStyleInBuild=false",
                    "-p:TreatWarningsAsErrors=false",
                    "-p:DebugType=none",
                    "-p:PathMap=" + repository + "=/src",
                ])
                // The script that compiles .NET's OpenSSL layer reads these.
                .WithEnvironmentVariables(environment =>
                    environment
                        .Set("CC", tools.Clang)
                        .Set("CXX", tools.Clang)
                        .Set("CFLAGS", flags)
                        .Set("CXXFLAGS", flags)
                        .Set("LDFLAGS", "-fuse-ld=lld")
                        .Set("MSBUILDDISABLENODEREUSE", "1")
                        .Set("PATH", LinkerPath(tools.Linker))
                )
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(log))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(log))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(cancellationToken);
            string built = Path.Combine(output, "Lab.BootAgent");
            if (result.ExitCode != 0 || !File.Exists(built))
            {
                throw CompilationFailed(log.ToString());
            }

            Directory.CreateDirectory(Path.GetDirectoryName(program)!);
            File.Move(built, program, overwrite: true);
        }
        finally
        {
            if (Directory.Exists(output))
            {
                Directory.Delete(output, recursive: true);
            }
        }
    }

    private static LabException CompilationFailed(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] errors =
        [
            .. lines.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal),
        ];
        return new LabException(
            "the boot agent does not compile: " + string.Join("\n  ", (errors.Length > 0 ? errors : lines).TakeLast(8)),
            Project,
            "see that clang, lld and llvm are installed and that the source tree is unchanged"
        );
    }

    // clang looks for its linker beside itself and in PATH; versioned installations have it in a folder of their own.
    private static string LinkerPath(string linker)
    {
        string real = File.ResolveLinkTarget(linker, returnFinalTarget: true)?.FullName ?? linker;
        return $"{Path.GetDirectoryName(real)}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    private static string FindTool(string name, string package) =>
        // 13 is the oldest that Debian 12 carries besides its default, 14.
        HostTools.Find(name)
        ?? Enumerable
            .Range(13, 20)
            .Reverse()
            .Select(version => HostTools.Find($"{name}-{version}"))
            .FirstOrDefault(path => path is not null)
        ?? throw new LabException(
            "the program is not installed; the lab uses it for: compiling the boot agent for arm64",
            name,
            $"install the package {package}, or run ./hwlab setup"
        );

    private async Task<string> SysrootAsync(IReadOnlyList<DebianPackage> packages, CancellationToken cancellationToken)
    {
        string key = Hash(packages.Select(package => package.Sha256))[..16];
        string folder = Path.Combine(_root, "sysroot-" + key);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        string temporary = folder + ".new";
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        Directory.CreateDirectory(temporary);
        // Hard links: the same cache folder, no second copy.
        await Cli.Wrap(HostTools.Require("cp"))
            .WithArguments(["-rl", "--no-dereference", .. packages.Select(package => package.Folder + "/."), temporary])
            .ExecuteAsync(cancellationToken);
        Directory.Move(temporary, folder);
        return folder;
    }

    private async Task<string> KeyAsync(
        IReadOnlyList<DebianPackage> packages,
        string[] tools,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(Path.Combine(repository, Project)))
        {
            throw new LabException(
                "the boot agent's sources are not there",
                Path.Combine(repository, Project),
                "run hwlab from its source tree, or set HWLAB_ROOT to it"
            );
        }

        List<string> inputs = [.. packages.Select(package => package.Sha256), .. tools, Environment.Version.ToString()];
        foreach (string file in SourceFiles())
        {
            inputs.Add(Path.GetRelativePath(repository, file));
            inputs.Add(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, cancellationToken))));
        }

        return Hash(inputs)[..32];
    }

    private IEnumerable<string> SourceFiles() =>
        SourceFolders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(repository, folder), "*", SearchOption.AllDirectories))
            .Where(file =>
                Path.GetExtension(file) is ".cs" or ".csproj" or ".json"
                && !file.Contains("/bin/", StringComparison.Ordinal)
                && !file.Contains("/obj/", StringComparison.Ordinal)
            )
            .Concat(
                ((string[])["Directory.Build.props", "Directory.Packages.props", "global.json"])
                    .Select(name => Path.Combine(repository, name))
                    .Where(File.Exists)
            )
            .Order(StringComparer.Ordinal);

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    private sealed record Toolchain(string Clang, string Linker, string ObjectCopy, string Sysroot);
}
