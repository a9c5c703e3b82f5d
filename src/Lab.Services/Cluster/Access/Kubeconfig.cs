using System.Text.RegularExpressions;

namespace Lab.Services.Cluster.Access;

/// <summary>Changes to kubeconfig files.</summary>
internal static partial class Kubeconfig
{
    /// <summary>The same with another server: kubeadm writes the address that boards use, which no interface of this host need have.</summary>
    public static string Point(string text, Uri server) =>
        ServerLine().Replace(text, "${key}" + server.GetLeftPart(UriPartial.Authority));

    [GeneratedRegex(@"^(?<key>\s*server:\s*)\S+$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ServerLine();
}
