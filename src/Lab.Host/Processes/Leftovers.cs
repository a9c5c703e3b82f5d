using System.Globalization;
using System.Text;
using System.Text.Json;
using Lab.Host.Storage;

namespace Lab.Host.Processes;

/// <summary>Removes what owners that died without cleaning up have left: exactly what their ledgers name, never anything by its name.</summary>
public static class Leftovers
{
    private static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);

    /// <summary>Sweeps after every dead owner of this state folder. Owners that live, in this program or another, are not touched.</summary>
    /// <returns>What was removed, in words, for the log; empty when there was nothing.</returns>
    public static async Task<IReadOnlyList<string>> SweepAsync(LabFolders folders, CancellationToken cancellationToken) =>
        await Task.Run(() => Sweep(folders, cancellationToken), cancellationToken);

    private static List<string> Sweep(LabFolders folders, CancellationToken cancellationToken)
    {
        var removed = new List<string>();
        if (!Directory.Exists(folders.Ledgers))
            return removed;
        foreach (var path in Directory.GetFiles(folders.Ledgers, "*" + ProcessLedger.Extension))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SweepOne(path, removed);
        }
        return removed;
    }

    private static void SweepOne(string path, List<string> removed)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return; // its owner lives, or somebody else is sweeping it
        }
        using (file)
        {
            var entries = Read(file);
            // A file system without locks: the owner's identity decides.
            if (entries.Any(entry => entry.Owner is { IsAlive: true }))
                return;
            var ended = entries.Select(entry => entry.Ended).OfType<ProcessIdentity>().ToHashSet();
            foreach (
                var process in entries
                    .Select(entry => entry.Started)
                    .OfType<ProcessIdentity>()
                    .Where(process => !ended.Contains(process))
            )
                Kill(process, removed);
            foreach (var process in Descendants(Path.GetFileNameWithoutExtension(path)))
                Kill(process, removed);
            var gone = true;
            foreach (var made in MadePaths(entries).Where(Path.Exists))
            {
                if (OwnedPaths.Remove(made))
                    removed.Add($"removed {made}");
                else
                    gone = false;
            }
            if (gone)
                File.Delete(path);
        }
    }

    private static List<string> MadePaths(IEnumerable<LedgerEntry> entries)
    {
        var paths = new List<string>();
        foreach (var entry in entries)
        {
            if (entry.Made is { } made && Path.IsPathFullyQualified(made))
                paths.Add(made);
            if (entry.Removed is { } removed)
                paths.Remove(removed);
        }
        return paths;
    }

    private static List<LedgerEntry> Read(FileStream file)
    {
        using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        var entries = new List<LedgerEntry>();
        while (reader.ReadLine() is { } line)
        {
            try
            {
                if (JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEntry) is { } entry)
                    entries.Add(entry);
            }
            catch (JsonException)
            {
                // The last line of an owner that was killed, or ran out of disk, in the middle of it.
            }
        }
        return entries;
    }

    private static void Kill(ProcessIdentity process, List<string> removed)
    {
        using var handle = ProcessHandle.TryOpen(process.Id);
        // The identity is compared after the handle is open: from here on the id cannot go over to another process.
        if (handle is null || !process.IsAlive || !handle.Signal(OwnedProcess.SigKill))
            return;
        handle.WaitForExit(KillWait);
        removed.Add($"ended {process.Name} ({process.Id.ToString(CultureInfo.InvariantCulture)})");
    }

    /// <summary>Processes that carry the owner's cookie in their environment: children of children that the ledger does not know.</summary>
    private static List<ProcessIdentity> Descendants(string cookie)
    {
        var found = new List<ProcessIdentity>();
        var wanted = Encoding.UTF8.GetBytes($"{ProcessLedger.CookieVariable}={cookie}");
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            if (ProcessIdentity.Of(id, "a child of a child") is { } identity && CarriesCookie(folder, wanted))
                found.Add(identity);
        }
        return found;
    }

    private static bool CarriesCookie(string processFolder, ReadOnlySpan<byte> wanted)
    {
        try
        {
            ReadOnlySpan<byte> environment = File.ReadAllBytes(Path.Combine(processFolder, "environ"));
            foreach (var range in environment.Split((byte)0))
            {
                if (environment[range].SequenceEqual(wanted))
                    return true;
            }
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
