using Lab.Host.Debian;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Debian;

/// <summary>Debian's Kubernetes source in a GOPATH, with Debian's patches and ours, ready to be compiled.</summary>
internal sealed class SourceTree
{
    private const string ImportPath = "k8s.io/kubernetes";
    private const string OpenApiTag = "+k8s:openapi-gen=";

    private readonly string _folder;

    private SourceTree(string folder, KubernetesVersion version)
    {
        _folder = folder;
        Version = version;
    }

    /// <summary>The release, as the source names itself: Debian's version number tells another.</summary>
    public KubernetesVersion Version { get; }

    public static string FolderIn(string goPath) => Path.Combine(goPath, "src", ImportPath);

    public static async Task<SourceTree> UnpackAsync(
        BuildTool tool,
        DebianSource source,
        DebianPackage patch,
        DebianPackage reflect2,
        string goPath,
        CancellationToken cancellationToken
    )
    {
        var work = Directory.CreateDirectory(Path.Combine(goPath, "unpack")).FullName;
        await tool.RunAsync("tar", ["-xzf", Require(source, ".orig.tar.gz")], work, cancellationToken);
        var unpacked = Directory.GetDirectories(work).Single();
        var version = KubernetesVersion.Parse(Path.GetFileName(unpacked).Split('-')[^1]);
        var folder = FolderIn(goPath);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.Move(unpacked, folder);
        await tool.RunAsync("tar", ["-xJf", Require(source, ".debian.tar.xz")], work, cancellationToken);
        await ApplyPatchesAsync(
            tool,
            patch.PathOf("usr/bin/patch"),
            Path.Combine(work, "debian", "patches"),
            folder,
            cancellationToken
        );
        ReplaceReflect2(reflect2, folder);
        return new SourceTree(folder, version);
    }

    /// <summary>Adds a program of ours.</summary>
    /// <returns>Its import path.</returns>
    public string AddProgram(string name, IReadOnlyList<string> files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "cmd", "hwlab", name)).FullName;
        foreach (var file in files)
            File.WriteAllText(Path.Combine(folder, file), BuildRecipe.Read(file));
        return $"{ImportPath}/cmd/hwlab/{name}";
    }

    /// <summary>Makes the one generated file that neither the release nor Debian's source has: the schema of the API.</summary>
    public async Task GenerateOpenApiAsync(GoToolchain go, CancellationToken cancellationToken)
    {
        var generator = Path.Combine(go.GoPath, "openapi-gen");
        await go.BuildAsync(
            $"{ImportPath}/vendor/k8s.io/kube-openapi/cmd/openapi-gen",
            DebianArchitecture.Host,
            [],
            generator,
            compiled: null,
            cancellationToken
        );
        await go.RunAsync(
            generator,
            [
                "--logtostderr",
                $"--input-dirs={string.Join(',', OpenApiPackages())}",
                $"--output-package={ImportPath}/pkg/generated/openapi",
                "--output-file-base=zz_generated.openapi",
                $"--go-header-file={Path.Combine(_folder, "vendor/k8s.io/code-generator/hack/boilerplate.go.txt")}",
                $"--report-filename={Path.Combine(go.GoPath, "openapi-violations")}",
            ],
            cancellationToken
        );
    }

    // What build/root/Makefile.generated_files does with grep: every package that asks for a schema, save examples.
    private IEnumerable<string> OpenApiPackages() =>
        PackagesBelow("pkg", "pkg")
            .Concat(PackagesBelow("staging/src/k8s.io", "vendor/k8s.io"))
            .Where(package =>
                !package.Contains("/code-generator/", StringComparison.Ordinal)
                && !package.Contains("/sample-apiserver/", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal);

    private IEnumerable<string> PackagesBelow(string folder, string importedAs)
    {
        var root = Path.Combine(_folder, folder);
        return Directory
            .EnumerateFiles(root, "*.go", SearchOption.AllDirectories)
            .Where(file => File.ReadLines(file).Any(line => line.Contains(OpenApiTag, StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!))
            .Distinct(StringComparer.Ordinal)
            .Select(package => $"{ImportPath}/{importedAs}/{package}");
    }

    private static async Task ApplyPatchesAsync(
        BuildTool tool,
        string patch,
        string debian,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var ours = Path.Combine(debian, BuildRecipe.ServicePortPatch);
        await File.WriteAllTextAsync(ours, BuildRecipe.Read(BuildRecipe.ServicePortPatch), cancellationToken);
        var series = await File.ReadAllLinesAsync(Path.Combine(debian, "series"), cancellationToken);
        foreach (var line in series.Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0).Append(ours))
            await tool.RunAsync(
                patch,
                ["--strip=1", "--force", "--no-backup-if-mismatch", "--input", Path.Combine(debian, line)],
                folder,
                cancellationToken
            );
    }

    // With Go 1.18 and later, the vendored release crashes on any map: it looks into the runtime at a place that has moved.
    private static void ReplaceReflect2(DebianPackage package, string folder)
    {
        var target = Path.Combine(folder, "vendor/github.com/modern-go/reflect2");
        Directory.Delete(target, recursive: true);
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(package.PathOf("usr/share/gocode/src/github.com/modern-go/reflect2")))
        {
            if (Path.GetExtension(file) is ".go" or ".s")
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private static string Require(DebianSource source, string ending) =>
        source.Find(ending)
        ?? throw new LabException($"the source has no file that ends in {ending}", source.Name, "its form has changed: tell us");
}
