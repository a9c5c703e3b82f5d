using Lab.Model.Errors;

namespace Lab.Host.Debian;

/// <summary>Turns apt's words into what happened and what to do.</summary>
internal static class AptFailure
{
    private static readonly (string Sign, string What, string Remedy)[] Known =
    [
        ("No space left", "the disk is full", "free some space, or point XDG_CACHE_HOME to another disk"),
        (
            "NO_PUBKEY",
            "the archive is signed with a key that this machine does not know",
            "update the package debian-archive-keyring"
        ),
        ("is not signed", "the archive is not signed", $"set {DebianMirror.Setting} to a mirror of Debian's own archive"),
        ("BADSIG", "the archive's signature is wrong", $"set {DebianMirror.Setting} to a mirror of Debian's own archive"),
        (
            "Hash Sum mismatch",
            "the archive delivered other bytes than its signed index names",
            "try again, or set HWLAB_DEBIAN_MIRROR to another mirror"
        ),
        ("is not valid yet", "the archive's index is newer than this machine's clock", "set the clock"),
        (
            "is expired",
            "the archive's index has expired",
            "set the clock, or set HWLAB_DEBIAN_MIRROR to a mirror that is kept up to date"
        ),
        (
            "Could not resolve",
            "the mirror's name cannot be resolved",
            "check the network, or set HWLAB_DEBIAN_MIRROR to another mirror"
        ),
        ("Could not connect", "the mirror cannot be reached", "check the network, or set HWLAB_DEBIAN_MIRROR to another mirror"),
        (
            "404",
            "the mirror does not have a file that is needed",
            "refresh with hwlab setup --refresh, or set HWLAB_DEBIAN_MIRROR to another mirror"
        ),
        ("Unable to locate package", "the archive lacks a package that is needed", "set HWLAB_DEBIAN_MIRROR to another mirror"),
    ];

    public static LabException Explain(string errors, string archive, string folder)
    {
        string[] lines =
        [
            .. errors
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line =>
                    line.StartsWith("E:", StringComparison.Ordinal) || line.StartsWith("Err:", StringComparison.Ordinal)
                ),
        ];
        string detail = string.Join("; ", lines.TakeLast(3));
        foreach ((string sign, string what, string remedy) in Known)
        {
            if (errors.Contains(sign, StringComparison.Ordinal))
            {
                return new LabException($"{what} ({detail})", archive, remedy);
            }
        }

        return new LabException(
            $"apt failed: {(detail.Length > 0 ? detail : errors.Trim())}",
            archive,
            $"try again; its files are in {folder}"
        );
    }
}
