using System.Security.Cryptography;
using Lab.Model.Errors;

namespace Lab.Host.Storage;

/// <summary>The only places where the lab writes besides <c>--out</c>: XDG base directory specification 0.8.</summary>
/// <param name="Cache">What can be fetched or built again: <c>$XDG_CACHE_HOME/hwlab</c>.</param>
/// <param name="State">What a rig and its boards keep: <c>$XDG_STATE_HOME/hwlab</c>.</param>
/// <param name="Sockets">Where socket folders are made: <c>$XDG_RUNTIME_DIR</c>, else the temporary folder.</param>
public sealed record LabFolders(string Cache, string State, string Sockets)
{
    /// <summary>A Unix socket's path holds at most 107 bytes and a NUL: unix(7).</summary>
    public const int MaximumSocketPath = 107;

    /// <summary>Where owners keep their ledgers.</summary>
    public string Ledgers => Path.Combine(State, "ledgers");

    /// <summary>The folder of a rig.</summary>
    public string Rig(string rig) => Path.Combine(State, "rigs", rig);

    /// <summary>The folder of a board: TPM state, firmware variables and console log, reset together or not at all.</summary>
    public string Board(string rig, string board) => Path.Combine(Rig(rig), "boards", board);

    /// <summary>The folders that the environment names.</summary>
    public static LabFolders FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static LabFolders From(Func<string, string?> variable)
    {
        var home = variable("HOME") is { Length: > 0 } set
            ? set
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var runtime = Absolute(variable("XDG_RUNTIME_DIR"));
        return new LabFolders(
            Path.Combine(Absolute(variable("XDG_CACHE_HOME")) ?? Path.Combine(home, ".cache"), "hwlab"),
            Path.Combine(Absolute(variable("XDG_STATE_HOME")) ?? Path.Combine(home, ".local", "state"), "hwlab"),
            runtime is not null && Directory.Exists(runtime) ? runtime : Path.GetTempPath()
        );
    }

    /// <summary>Makes a short-named folder for sockets that only this user can enter.</summary>
    /// <exception cref="LabException">It cannot be made, or paths in it would be too long for a socket.</exception>
    public string CreateSocketFolder()
    {
        try
        {
            // Nobody can have made a folder of that name before: it holds 64 random bits.
            var path = Path.Combine(Sockets, "hwlab-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            const int LongestName = 16;
            if (path.Length + 1 + LongestName > MaximumSocketPath)
                throw new LabException(
                    "the folder for sockets has too long a path",
                    path,
                    "set XDG_RUNTIME_DIR or TMPDIR to a shorter one"
                );
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"cannot make a folder for sockets: {exception.Message}",
                Sockets,
                "set XDG_RUNTIME_DIR or TMPDIR",
                exception
            );
        }
    }

    /// <summary>Makes a folder, and sees that its file system has room.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="bytes">What will be written there.</param>
    /// <exception cref="LabException">There is not enough room, or it cannot be written.</exception>
    public static string EnsureRoom(string path, long bytes)
    {
        try
        {
            Directory.CreateDirectory(path);
            var free = new DriveInfo(path).AvailableFreeSpace;
            if (free >= bytes)
                return path;
            throw new LabException(
                $"{bytes >> 20} MiB are needed and only {free >> 20} MiB are free",
                path,
                "free some space, or point XDG_CACHE_HOME and XDG_STATE_HOME to another disk"
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"the folder cannot be used: {exception.Message}",
                path,
                "see that it can be written",
                exception
            );
        }
    }

    // The specification: a relative path in these variables is to be ignored.
    private static string? Absolute(string? path) => path is { Length: > 0 } && Path.IsPathFullyQualified(path) ? path : null;
}
