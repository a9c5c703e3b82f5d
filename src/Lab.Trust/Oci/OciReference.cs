namespace Lab.Trust.Oci;

/// <summary>Checks of names that become parts of URLs (distribution-spec 1.1, "Pulling manifests").</summary>
internal static class OciReference
{
    /// <summary>Many clients limit host and name together to 255 characters; so does the specification's advice.</summary>
    private const int MaximumNameLength = 255;

    private const int MaximumTagLength = 128;

    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>.</exception>
    public static string RequireRepository(string name) =>
        name.Length <= MaximumNameLength && name.Split('/').All(IsComponent)
            ? name
            : throw new OciException(OciErrorCode.Invalid, $"Not a repository name: '{name}'.");

    /// <summary>A tag or a digest.</summary>
    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>.</exception>
    public static string RequireReference(string reference) =>
        OciDigest.TryParse(reference) is not null || IsTag(reference)
            ? reference
            : throw new OciException(OciErrorCode.Invalid, $"Neither a tag nor a digest: '{reference}'.");

    public static bool IsTag(string text) =>
        text.Length is > 0 and <= MaximumTagLength
        && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary><c>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*</c>.</summary>
    private static bool IsComponent(string text)
    {
        if (text.Length == 0 || !IsAlphanumeric(text[0]) || !IsAlphanumeric(text[^1]))
        {
            return false;
        }
        for (var i = 0; i < text.Length; )
        {
            var run = 1;
            while (!IsAlphanumeric(text[i]) && text[i + run] == text[i])
            {
                run++;
            }
            var allowed = text[i] switch
            {
                '-' => true,
                '_' => run <= 2,
                '.' => run == 1,
                _ => IsAlphanumeric(text[i]),
            };
            if (!allowed || (!IsAlphanumeric(text[i]) && !IsAlphanumeric(text[i + run])))
            {
                return false;
            }
            i += run;
        }
        return true;
    }

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
