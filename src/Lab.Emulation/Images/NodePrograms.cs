using Lab.Model.Errors;

namespace Lab.Emulation.Images;

/// <summary>The arm64 programs of Kubernetes that a node has: one file that goes by the name it is called, a file each, or k3s.</summary>
/// <param name="Programs">The command's name → the file on this machine. They may share a file.</param>
public sealed record NodePrograms(IReadOnlyDictionary<string, string> Programs)
{
    private static readonly string[] KubeadmNames = ["kubeadm", "kubelet", "kube-proxy"];

    /// <summary>An archive of container images that k3s reads when it starts; null for none.</summary>
    public string? Images { get; init; }

    /// <summary>One program that is kubelet, kubeadm and kube-proxy by the name it is called with.</summary>
    public static NodePrograms Combined(string path) =>
        new(KubeadmNames.ToDictionary(name => name, _ => path, StringComparer.Ordinal));

    /// <summary>k3s and the images it needs.</summary>
    public static NodePrograms K3s(string program, string images) =>
        new(new Dictionary<string, string>(StringComparer.Ordinal) { ["k3s"] = program }) { Images = images };

    /// <summary>The files, each once.</summary>
    internal IReadOnlyList<string> Files =>
        [
            .. Programs
                .OrderBy(program => program.Key, StringComparer.Ordinal)
                .Select(program => program.Value)
                .Distinct(StringComparer.Ordinal),
            .. Images is null ? Array.Empty<string>() : [Images],
        ];

    /// <exception cref="LabException">A file is not there.</exception>
    internal void Demand()
    {
        if (Files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
            throw new LabException("a program of the node's Kubernetes is not there", missing, "build or fetch it first");
    }

    /// <summary>Names and digests: what an image of them depends on.</summary>
    internal async Task<IReadOnlyList<string>> DescribeAsync(CancellationToken cancellationToken)
    {
        List<string> lines = [];
        foreach (var (name, path) in Programs.OrderBy(program => program.Key, StringComparer.Ordinal))
            lines.Add($"{name} {(await ArtifactStore.DescribeAsync(path, cancellationToken)).Sha256}");
        if (Images is not null)
            lines.Add($"images {(await ArtifactStore.DescribeAsync(Images, cancellationToken)).Sha256}");
        return lines;
    }

    /// <summary>Puts them where the agent and people look for them.</summary>
    internal async Task AddAsync(IRootArchive root, CancellationToken cancellationToken)
    {
        if (Programs.Count > 1 && Programs.Values.Distinct(StringComparer.Ordinal).ToArray() is [var one])
        {
            await root.AddFileAsync("usr/lib/hwlab/kubernetes", one, CpioArchive.Executable, cancellationToken);
            foreach (var name in Programs.Keys.Order(StringComparer.Ordinal))
                root.AddLink($"usr/bin/{name}", "../lib/hwlab/kubernetes");
        }
        else
        {
            foreach (var (name, path) in Programs.OrderBy(program => program.Key, StringComparer.Ordinal))
                await root.AddFileAsync($"usr/bin/{name}", path, CpioArchive.Executable, cancellationToken);
        }

        // k3s's documentation, "Air-Gap Install".
        if (Images is not null)
            await root.AddFileAsync(
                $"var/lib/rancher/k3s/agent/images/{Path.GetFileName(Images)}",
                Images,
                CpioArchive.Readable,
                cancellationToken
            );
    }
}
