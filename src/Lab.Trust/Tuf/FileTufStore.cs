using Lab.Trust.Storage;

namespace Lab.Trust.Tuf;

/// <summary>
/// A folder with one <c>role.json</c> for each trusted role, the role name percent-encoded. A write goes to a
/// temporary file, is flushed to the device, renamed, and the folder is flushed.
/// </summary>
public sealed class FileTufStore : ITufStore
{
    private readonly string _folder;

    /// <summary>Creates the folder when it does not exist.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>.</exception>
    public FileTufStore(string folder)
    {
        _folder = folder;
        Guard(folder, () => Directory.CreateDirectory(folder));
    }

    /// <inheritdoc/>
    public byte[]? Read(string role)
    {
        var path = PathOf(role);
        return Guard(path, () => File.Exists(path) ? File.ReadAllBytes(path) : null);
    }

    /// <inheritdoc/>
    public void Write(string role, ReadOnlySpan<byte> content)
    {
        var path = PathOf(role);
        try
        {
            AtomicFile.Write(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    private string PathOf(string role) => Path.Combine(_folder, TufFileNames.Metadata(role, version: null));

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    private static TufException Failed(string path, Exception e) =>
        new(TufErrorCode.Storage, $"Trusted metadata at {path}: {e.Message}", e);
}
