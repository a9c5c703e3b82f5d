namespace Lab.BootAgent.Events;

/// <summary>Why LinuxBoot did not start the target.</summary>
internal enum RefusalCode
{
    Internal,
    NoTpm,
    NoNetwork,
    NoTime,
    NoRoot,
    TufExpired,
    TufRollback,
    TufSignature,
    TufInvalid,
    TargetMissing,
    DigestMismatch,
    FetchFailed,
    MeasureFailed,
    KexecFailed,
}
