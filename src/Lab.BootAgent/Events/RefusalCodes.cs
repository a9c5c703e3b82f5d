namespace Lab.BootAgent.Events;

/// <summary>The names of refusal codes on the console.</summary>
internal static class RefusalCodes
{
    /// <summary>The name, as the lab's scenarios know it.</summary>
    public static string ToWireName(this RefusalCode code) =>
        code switch
        {
            RefusalCode.NoTpm => "no-tpm",
            RefusalCode.NoNetwork => "no-network",
            RefusalCode.NoTime => "no-time",
            RefusalCode.NoRoot => "no-root",
            RefusalCode.TufExpired => "tuf-expired",
            RefusalCode.TufRollback => "tuf-rollback",
            RefusalCode.TufSignature => "tuf-signature",
            RefusalCode.TufInvalid => "tuf-invalid",
            RefusalCode.TargetMissing => "target-missing",
            RefusalCode.DigestMismatch => "digest-mismatch",
            RefusalCode.FetchFailed => "fetch-failed",
            RefusalCode.MeasureFailed => "measure-failed",
            RefusalCode.KexecFailed => "kexec-failed",
            _ => "internal",
        };

    /// <summary>The code of a name that <see cref="Lab.Trust"/> uses; <see cref="RefusalCode.Internal"/> for any other.</summary>
    public static RefusalCode FromWireName(string name) =>
        Array.Find(Enum.GetValues<RefusalCode>(), code => code.ToWireName() == name);
}
