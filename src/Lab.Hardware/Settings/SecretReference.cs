using Lab.Model.Errors;

namespace Lab.Hardware.Settings;

/// <summary>Where a secret is to be found. A rig refers to its secrets and never holds them.</summary>
/// <param name="Kind">What kind of place: <c>env</c>, <c>file</c> or <c>credential</c>.</param>
/// <param name="Name">The variable, the file, or the name of the systemd credential.</param>
public sealed record SecretReference(string Kind, string Name)
{
    /// <summary>What belongs in a rig.</summary>
    public const string Expected = "env:VARIABLE, file:/full/path or credential:NAME";

    private const int LongestSecret = 4096;

    /// <summary>Where the reference stands, for errors.</summary>
    public string? At { get; init; }

    /// <summary>Reads a reference, or says by null that it is none.</summary>
    public static SecretReference? TryParse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || colon == text.Length - 1 || text.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var (kind, name) = (text[..colon], text[(colon + 1)..]);
        return kind switch
        {
            "env" when !name.Contains('=', StringComparison.Ordinal) => new SecretReference(kind, name),
            "file" when Path.IsPathFullyQualified(name) => new SecretReference(kind, name),
            // systemd.exec(5): a credential is a file of that name in $CREDENTIALS_DIRECTORY.
            "credential" when !name.Contains('/', StringComparison.Ordinal) && name is not ("." or "..") => new SecretReference(
                kind,
                name
            ),
            _ => null,
        };
    }

    /// <summary>The secret itself, without the line end that a file may have.</summary>
    /// <exception cref="LabException">It is not there, cannot be read, is empty or longer than 4096 bytes.</exception>
    public string Resolve()
    {
        var value = Kind switch
        {
            "env" => Environment.GetEnvironmentVariable(Name) ?? throw Missing("the variable is not set"),
            "file" => ReadFile(Name),
            _ => ReadFile(
                Path.Combine(
                    Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") ?? throw Missing("systemd gave no credentials"),
                    Name
                )
            ),
        };
        return value.Length > 0 ? value : throw Missing("it is empty");
    }

    private string ReadFile(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LongestSecret
                ? File.ReadAllText(path).TrimEnd('\r', '\n')
                : throw Missing("the file is too long");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Missing(exception.Message);
        }
    }

    private LabException Missing(string why) =>
        new($"the secret {Kind}:{Name} cannot be read: {why}", At, "provide it where the rig refers to");
}
