using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Lab.Host.Debian;

namespace Lab.Services.Cluster.Debian;

/// <summary>How Kubernetes is built from Debian's source: all of it that is ours to decide.</summary>
internal static class BuildRecipe
{
    public const string Suite = "bookworm";
    public const string Source = "kubernetes";
    public const string ServicePortPatch = "service-port-protocol.patch";

    // The newest Go in that suite whose runtime the vendored reflect2's successor and the 2021 code both work with.
    public const string Go = "golang-1.19-go";
    public const string GoSource = "golang-1.19-src";
    public const string GoFolder = "go-1.19";
    public const string Reflect2 = "golang-github-modern-go-reflect2-dev";
    public const string Patch = "patch";
    public const string Etcd = "etcd-server";

    /// <summary>No cloud providers and no dockershim: neither is used, and both are large.</summary>
    public const string Tags = "providerless dockerless";

    /// <summary>The program for this machine and its parts of our own.</summary>
    public static readonly IReadOnlyList<string> ControlPlaneFiles = ["main.go", "control_plane.go"];

    /// <summary>The same for a node.</summary>
    public static readonly IReadOnlyList<string> NodeFiles = ["main.go", "node.go"];

    /// <summary>The names that the program for this machine goes by.</summary>
    public static readonly IReadOnlyList<string> ControlPlaneNames =
    [
        "kubeadm",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubectl",
        "kubelet",
        "kube-proxy",
    ];

    /// <summary>What is fetched besides the source, for this machine.</summary>
    public static IReadOnlyList<PackageRequest> Packages { get; } =
    [
        .. ((string[])[Go, GoSource, Reflect2, Patch, Etcd]).Select(name => new PackageRequest(Suite, name)
        {
            Architecture = DebianArchitecture.Host,
        }),
    ];

    /// <summary>Identifies the recipe: what was built by another is built anew.</summary>
    public static string Digest { get; } = ComputeDigest();

    /// <summary>The linker's flags: no symbols, nothing that differs from build to build, and the version that the components tell.</summary>
    public static string LinkerFlags(KubernetesVersion version)
    {
        var flags = new StringBuilder("-s -w -buildid=");
        string[] values =
        [
            $"gitVersion={version}",
            $"gitMajor={version.Major}",
            $"gitMinor={version.Minor}",
            "gitTreeState=archive",
        ];
        // In GOPATH mode a vendored package has its full path.
        foreach (var package in (string[])["component-base/version", "client-go/pkg/version"])
        {
            foreach (var value in values)
                flags.Append($" -X k8s.io/kubernetes/vendor/k8s.io/{package}.{value}");
        }
        return flags.ToString();
    }

    /// <summary>One of our own files.</summary>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Cluster/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string ComputeDigest()
    {
        string[] parts =
        [
            // To be raised when the steps change in a way that nothing below shows.
            "steps 1",
            DebianArchitecture.Host,
            Suite,
            Tags,
            LinkerFlags(new KubernetesVersion(0, 0, 0)),
            .. Packages.Select(package => package.Name),
            .. ControlPlaneFiles.Concat(NodeFiles).Append(ServicePortPatch).Select(Read),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
    }
}
