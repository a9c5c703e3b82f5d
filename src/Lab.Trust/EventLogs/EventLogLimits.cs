namespace Lab.Trust.EventLogs;

/// <summary>What a log may ask of its reader. Far above any real log (firmware reserves 64 KiB, some servers 1 MiB), far below harm.</summary>
public static class EventLogLimits
{
    /// <summary>Bytes of a whole log.</summary>
    public const int MaxLogBytes = 8 * 1024 * 1024;

    /// <summary>Events of a log.</summary>
    public const int MaxEvents = 32 * 1024;

    /// <summary>Bytes of one event's data; the longest real ones are revocation lists (dbx) of some 25 KiB and measured initrd names.</summary>
    public const int MaxEventData = 1024 * 1024;

    /// <summary>Hash algorithms of a log; the TCG registry has eleven.</summary>
    public const int MaxAlgorithms = 16;
}
