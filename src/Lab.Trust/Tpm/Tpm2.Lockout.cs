namespace Lab.Trust.Tpm;

/// <content>Protection against the guessing of passwords.</content>
public sealed partial class Tpm2
{
    private const uint InLockout = 1 << 9;

    /// <summary>The state of the protection.</summary>
    public TpmLockout GetLockout(CancellationToken cancellationToken = default)
    {
        uint Value(TpmProperty property) => GetProperty(property, cancellationToken) ?? 0;
        return new TpmLockout(
            (Value(TpmProperty.Permanent) & InLockout) != 0,
            Value(TpmProperty.LockoutCounter),
            Value(TpmProperty.MaxAuthFail),
            TimeSpan.FromSeconds(Value(TpmProperty.LockoutInterval)),
            TimeSpan.FromSeconds(Value(TpmProperty.LockoutRecovery))
        );
    }

    /// <summary>TPM2_DictionaryAttackLockReset: forgets the wrong tries. The lockout authorisation is empty here.</summary>
    public void ResetLockout(CancellationToken cancellationToken = default) =>
        Execute(
            TpmCommandCode.DictionaryAttackLockReset,
            [TpmHandle.Lockout],
            [TpmAuthorization.Empty],
            new TpmWriter(),
            cancellationToken
        );

    /// <summary>TPM2_DictionaryAttackParameters.</summary>
    /// <param name="maxFailures">Wrong tries that lead to lockout.</param>
    /// <param name="interval">After which time one is forgotten; whole seconds.</param>
    /// <param name="recovery">How long the lockout authorisation cannot be used after it was wrong; whole seconds.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public void SetLockout(
        uint maxFailures,
        TimeSpan interval,
        TimeSpan recovery,
        CancellationToken cancellationToken = default
    ) =>
        Execute(
            TpmCommandCode.DictionaryAttackParameters,
            [TpmHandle.Lockout],
            [TpmAuthorization.Empty],
            new TpmWriter().U32(maxFailures).U32(checked((uint)interval.TotalSeconds)).U32(checked((uint)recovery.TotalSeconds)),
            cancellationToken
        );
}
