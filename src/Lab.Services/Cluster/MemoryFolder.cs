using System.Security.Cryptography;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Services.Cluster;

/// <summary>A folder in memory that only this user can enter, for etcd's data and for keys; on disk where memory has no room for it.</summary>
internal static class MemoryFolder
{
    /// <summary>etcd takes 64 MiB for its first log segment and 64 more for the next; the rest is its data.</summary>
    private const long RoomNeeded = 256L << 20;

    public static string Create(LabFolders folders)
    {
        string[] candidates = [folders.Sockets, "/dev/shm", folders.State];
        foreach (var parent in candidates)
        {
            try
            {
                if (parent != folders.State && !IsRoomyMemory(parent))
                    continue;
                Directory.CreateDirectory(parent);
                var path = Path.Combine(parent, "hwlab-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                return path;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next may do.
            }
        }
        throw new LabException(
            "no folder can be made for the cluster's data",
            string.Join(", ", candidates),
            "see that one of them can be written and has 256 MiB of room"
        );
    }

    private static bool IsRoomyMemory(string path)
    {
        if (!Directory.Exists(path))
            return false;
        var drive = new DriveInfo(path);
        return drive.DriveFormat == "tmpfs" && drive.AvailableFreeSpace >= RoomNeeded;
    }
}
