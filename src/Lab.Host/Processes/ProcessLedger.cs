using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lab.Model.Errors;

namespace Lab.Host.Processes;

/// <summary>
/// What one owner has started and made: one file of JSON lines per owner, under lock as long as the owner lives. The kernel gives the lock up
/// when the owner dies in any way, and the next start removes exactly what is written there.
/// </summary>
internal sealed class ProcessLedger : IDisposable
{
    public const string Extension = ".ledger";

    /// <summary>The environment variable that all children of an owner, and theirs, carry.</summary>
    public const string CookieVariable = "HWLAB_LEDGER";

    private readonly Lock _gate = new();
    private readonly FileStream _file;

    private ProcessLedger(string cookie, FileStream file)
    {
        Cookie = cookie;
        _file = file;
    }

    /// <summary>The ledger's name, unique among all owners.</summary>
    public string Cookie { get; }

    public static ProcessLedger Create(string folder)
    {
        Directory.CreateDirectory(folder);
        var cookie = $"{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        try
        {
            var file = new FileStream(
                Path.Combine(folder, cookie + Extension),
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.None
            );
            var ledger = new ProcessLedger(cookie, file);
            ledger.Append(new LedgerEntry { Owner = ProcessIdentity.Of(Environment.ProcessId, "hwlab") });
            return ledger;
        }
        catch (IOException exception)
        {
            throw new LabException(
                $"cannot write the list of started processes: {exception.Message}",
                folder,
                "free some space there, or set XDG_STATE_HOME to a folder that can be written",
                exception
            );
        }
    }

    public void Started(ProcessIdentity process) => Append(new LedgerEntry { Started = process });

    public void Ended(ProcessIdentity process) => Append(new LedgerEntry { Ended = process });

    public void Made(string path) => Append(new LedgerEntry { Made = path });

    public void Removed(string path) => Append(new LedgerEntry { Removed = path });

    /// <summary>Forgets everything: the owner has cleaned up itself.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            File.Delete(_file.Name);
            _file.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _file.Dispose();
    }

    private void Append(LedgerEntry entry)
    {
        var line = JsonSerializer.Serialize(entry, LedgerJson.Default.LedgerEntry) + "\n";
        lock (_gate)
        {
            if (!_file.CanWrite)
                return;
            _file.Write(Encoding.UTF8.GetBytes(line));
            // To the kernel, which outlives this process; not to the disk: a ledger means nothing after a reboot.
            _file.Flush();
        }
    }
}
