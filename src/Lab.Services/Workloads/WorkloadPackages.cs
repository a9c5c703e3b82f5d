using System.Text;
using Lab.Host.Debian;
using Lab.Host.Preparation;
using Lab.Model.Errors;

namespace Lab.Services.Workloads;

/// <summary>The images that every cluster of the lab needs, made of Debian's static arm64 programs.</summary>
public static class WorkloadPackages
{
    private const string Suite = "bookworm";
    private const string Busybox = "bin/busybox";

    private static readonly PackageRequest[] Requests = [new(Suite, "catatonit"), new(Suite, "busybox-static")];

    // Where a workload's commands are usually looked for; busybox goes by the name it is called.
    private static readonly string[] Applets = ["sh", "cat", "ls", "sleep", "wget", "httpd", "hostname", "date", "dd", "ps"];

    /// <summary>Fetches them; from the cache where they are there.</summary>
    /// <exception cref="LabException">The mirror cannot be reached, or a package is not as expected.</exception>
    public static async Task<IReadOnlyList<WorkloadImage>> PrepareAsync(
        string cacheFolder,
        string? mirror,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var packages = await new DebianArchive(cacheFolder, mirror).FetchAsync(
            Requests,
            progress,
            refresh: false,
            cancellationToken
        );
        var pause = await ReadAsync(packages, "catatonit", ["usr/bin/catatonit"], cancellationToken);
        var busybox = await ReadAsync(packages, "busybox-static", ["bin/busybox", "usr/bin/busybox"], cancellationToken);
        return
        [
            new WorkloadImage("pause", "3.5", ["/pause", "-P"], Files(("pause", pause)), NoLinks),
            new WorkloadImage(
                "fleet/hello",
                "1",
                ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"],
                Files((Busybox, busybox), ("www/index.html", Encoding.UTF8.GetBytes("hello from the fleet\n"))),
                Applets.ToDictionary(applet => $"bin/{applet}", _ => "busybox", StringComparer.Ordinal)
            ),
        ];
    }

    private static IReadOnlyDictionary<string, string> NoLinks { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    private static Dictionary<string, ReadOnlyMemory<byte>> Files(params (string Path, byte[] Content)[] files) =>
        files.ToDictionary(file => file.Path, file => (ReadOnlyMemory<byte>)file.Content, StringComparer.Ordinal);

    private static async Task<byte[]> ReadAsync(
        IReadOnlyList<DebianPackage> packages,
        string name,
        string[] paths,
        CancellationToken cancellationToken
    )
    {
        var package = packages.First(package => package.Name == name);
        var path =
            paths.Select(package.PathOf).FirstOrDefault(File.Exists)
            ?? throw new LabException($"the package {name} has no {paths[0]}", package.Folder, "run ./hwlab setup --refresh");
        return await File.ReadAllBytesAsync(path, cancellationToken);
    }
}
