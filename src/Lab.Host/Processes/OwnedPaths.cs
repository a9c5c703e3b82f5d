namespace Lab.Host.Processes;

internal static class OwnedPaths
{
    /// <summary>Removes a file, socket or folder if it is there; what cannot be removed is left for the next sweep.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool Remove(string path)
    {
        try
        {
            // A link to a folder is removed, never followed.
            if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
