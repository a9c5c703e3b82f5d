using System.Text.RegularExpressions;
using Lab.Model.Errors;

namespace Lab.Services.Cluster;

/// <summary>A release of Kubernetes.</summary>
/// <param name="Major">1, as long as anybody remembers.</param>
/// <param name="Minor">Which of its APIs and tools differ: see <see cref="KubernetesRelease"/>.</param>
/// <param name="Patch">The patch release.</param>
public sealed partial record KubernetesVersion(int Major, int Minor, int Patch)
{
    /// <summary>Reads <c>v1.20.2</c>, also with a suffix such as <c>+k3s1</c>, which is left away.</summary>
    /// <exception cref="RigException">It is not a version.</exception>
    public static KubernetesVersion Parse(string text)
    {
        var match = Pattern().Match(text);
        return match.Success
            ? new KubernetesVersion(Number(match, "major"), Number(match, "minor"), Number(match, "patch"))
            : throw new RigException(
                $"'{text}' is not a version of Kubernetes",
                "cluster.version",
                "write it with three numbers, such as v1.34.1"
            );
    }

    /// <inheritdoc/>
    public override string ToString() => $"v{Major}.{Minor}.{Patch}";

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value);

    [GeneratedRegex(
        @"^v?(?<major>[0-9]{1,3})\.(?<minor>[0-9]{1,3})\.(?<patch>[0-9]{1,3})([-+][0-9A-Za-z.+-]{1,40})?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Pattern();
}
