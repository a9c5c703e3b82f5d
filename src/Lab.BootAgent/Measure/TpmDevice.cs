using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Measure;

/// <summary>The board's TPM with what must be known of it before measuring.</summary>
/// <param name="Tpm">The TPM; owned.</param>
/// <param name="Banks">The banks that are on, SHA-256 first.</param>
internal sealed record TpmDevice(Tpm2 Tpm, IReadOnlyList<TpmAlgorithm> Banks) : IDisposable
{
    /// <summary>The kernel's device with its resource manager.</summary>
    public const string Path = "/dev/tpmrm0";

    private const string FirmwareLog = "/sys/kernel/security/tpm0/binary_bios_measurements";

    /// <summary>Opens the TPM.</summary>
    /// <exception cref="FormatException">There is none, or its SHA-256 bank is off, or a bank is on that cannot be extended.</exception>
    /// <exception cref="TpmException">The TPM refused.</exception>
    /// <exception cref="TpmTransportException">It cannot be reached.</exception>
    public static TpmDevice Open(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path))
            throw new FormatException($"there is no {Path}: no TPM 2.0 on this board, or no driver for it");
        var tpm = Tpm2.OverDevice(Path);
        var banks = tpm.GetPcrBanks(cancellationToken).Select(bank => bank.Bank).ToList();
        if (!banks.Remove(TpmAlgorithm.Sha256))
            throw new FormatException("the TPM's SHA-256 bank is off");
        banks.Insert(0, TpmAlgorithm.Sha256);
        var foreign = banks.Find(bank => !TpmHash.CanCompute(bank));
        return foreign == default
            ? new TpmDevice(tpm, banks)
            : throw new FormatException($"the TPM has a bank of algorithm 0x{(ushort)foreign:x4}, which cannot be extended");
    }

    /// <summary>The log to go on with: the firmware's where it left one.</summary>
    /// <exception cref="EventLogException">The firmware's log is malformed.</exception>
    public EventLogWriter OpenLog() =>
        File.Exists(FirmwareLog) ? new EventLogWriter(File.ReadAllBytes(FirmwareLog)) : new EventLogWriter(Banks);

    public void Dispose() => Tpm.Dispose();
}
