namespace Lab.Trust.Tuf;

/// <summary>How role names and target paths become file names and URL paths. Neither is trusted.</summary>
internal static class TufFileNames
{
    /// <summary>Of the encoded name; leaves room for a version and the suffix in the usual limit of 255 (NAME_MAX).</summary>
    private const int MaximumEncodedRoleLength = 200;

    /// <summary>Percent-encodes all but unreserved characters, so that a role can name neither a folder nor a query.</summary>
    public static string EncodeRole(string role)
    {
        var encoded = Uri.EscapeDataString(role);
        return role.Length > 0 && encoded.Length <= MaximumEncodedRoleLength
            ? encoded
            : throw new TufException(TufErrorCode.Invalid, $"Role name of {role.Length} characters cannot be a file name.");
    }

    /// <summary>The file name in a repository; <paramref name="version"/> is <c>null</c> where the name has none.</summary>
    public static string Metadata(string role, long? version) =>
        version is null ? $"{EncodeRole(role)}.json" : $"{version}.{EncodeRole(role)}.json";

    /// <summary>The URL path of a target; with a hash prefix on the last segment for consistent snapshots (spec 6.2).</summary>
    public static string Target(string path, string? hash)
    {
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            // A URL parser would resolve these, encoded or not, and leave the target folder.
            if (segments[i] is "." or "..")
            {
                throw new TufException(TufErrorCode.Invalid, $"Target path '{path}' has a dot segment.");
            }
            segments[i] = Uri.EscapeDataString(segments[i]);
        }
        if (hash is not null)
        {
            segments[^1] = $"{hash}.{segments[^1]}";
        }
        return string.Join('/', segments);
    }
}
