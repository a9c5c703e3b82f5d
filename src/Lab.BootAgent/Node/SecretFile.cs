namespace Lab.BootAgent.Node;

/// <summary>Where the released secret is kept: in memory, for root alone.</summary>
internal static class SecretFile
{
    public const string Folder = "/run/hwlab";
    public const string Path = $"{Folder}/secret";

    /// <summary>Writes the secret, whole or not at all.</summary>
    public static void Write(ReadOnlySpan<byte> secret)
    {
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        const string Unfinished = $"{Path}.new";
        File.Delete(Unfinished);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(Unfinished, options))
            file.Write(secret);
        File.Move(Unfinished, Path, overwrite: true);
    }
}
