using Lab.Host.Debian;

namespace Lab.Services.Cluster.Debian;

/// <summary>Debian's Go as its packages have it, put together by links and with caches of its own: nothing is installed.</summary>
internal sealed class GoToolchain
{
    private readonly BuildTool _tool;
    private readonly string _root;
    private readonly string _folder;

    private GoToolchain(BuildTool tool, string root, string folder)
    {
        _tool = tool;
        _root = root;
        _folder = folder;
    }

    /// <summary>Where sources are looked for.</summary>
    public string GoPath => Path.Combine(_folder, "gopath");

    public static async Task<GoToolchain> CreateAsync(
        BuildTool tool,
        DebianPackage go,
        DebianPackage source,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "goroot")).FullName;
        foreach (var name in (string[])["bin", "pkg", "VERSION"])
            File.CreateSymbolicLink(Path.Combine(root, name), go.PathOf($"usr/lib/{BuildRecipe.GoFolder}/{name}"));
        // The architecture's own part of the sources comes with the compiler. Hard links: Go does not walk into linked folders.
        foreach (var package in (DebianPackage[])[source, go])
            await tool.RunAsync(
                "cp",
                ["--recursive", "--link", package.PathOf($"usr/share/{BuildRecipe.GoFolder}/src"), root],
                folder,
                cancellationToken
            );
        Directory.CreateDirectory(Path.Combine(folder, "go-tmp"));
        return new GoToolchain(tool, root, folder);
    }

    /// <summary>Builds a program.</summary>
    /// <param name="package">Its import path.</param>
    /// <param name="architecture">What it is for.</param>
    /// <param name="flags">Flags of <c>go build</c>.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="compiled">Told how many packages are compiled, and of how many.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task BuildAsync(
        string package,
        string architecture,
        IReadOnlyList<string> flags,
        string output,
        Action<int, int>? compiled,
        CancellationToken cancellationToken
    )
    {
        var total = 0;
        if (compiled is not null)
            await GoAsync(["list", "-deps", .. flags, package], architecture, _ => total++, cancellationToken);
        var done = 0;
        await GoAsync(
            ["build", "-v", "-trimpath", .. flags, "-o", output, package],
            architecture,
            _ => compiled?.Invoke(Math.Min(Interlocked.Increment(ref done), total), total),
            cancellationToken
        );
    }

    /// <summary>Runs a program that was built, for code that reads Go sources.</summary>
    public Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        _tool.RunAsync(
            program,
            arguments,
            SourceTree.FolderIn(GoPath),
            Environment(DebianArchitecture.Host),
            onLine: null,
            cancellationToken
        );

    private Task GoAsync(
        IReadOnlyList<string> arguments,
        string architecture,
        Action<string> onLine,
        CancellationToken cancellationToken
    ) =>
        _tool.RunAsync(
            Path.Combine(_root, "bin", "go"),
            arguments,
            SourceTree.FolderIn(GoPath),
            Environment(architecture),
            onLine,
            cancellationToken
        );

    // Everything that Go reads from the environment and that could differ from user to user; no modules, no network, no C.
    private Dictionary<string, string> Environment(string architecture) =>
        new(StringComparer.Ordinal)
        {
            ["GOROOT"] = _root,
            ["GOPATH"] = GoPath,
            ["GOCACHE"] = Path.Combine(_folder, "go-cache"),
            ["GOTMPDIR"] = Path.Combine(_folder, "go-tmp"),
            ["GOOS"] = "linux",
            ["GOARCH"] = architecture,
            ["GOAMD64"] = "v1",
            ["GO111MODULE"] = "off",
            ["GOPROXY"] = "off",
            ["GOTOOLCHAIN"] = "local",
            ["GOWORK"] = "off",
            ["GOENV"] = "off",
            ["GOFLAGS"] = "",
            ["GOEXPERIMENT"] = "",
            ["CGO_ENABLED"] = "0",
            ["HOME"] = _folder,
            ["PATH"] = Path.Combine(_root, "bin") + ":/usr/bin:/bin",
        };
}
