namespace Lab.Trust.Tpm;

/// <summary>The state of a TPM's protection against the guessing of passwords (Part 1, 19.8).</summary>
/// <param name="IsLocked">Whether it refuses every protected object now.</param>
/// <param name="Failures">Wrong tries that count now.</param>
/// <param name="MaxFailures">How many lead to lockout.</param>
/// <param name="Interval">After which time one wrong try is forgotten; zero for never.</param>
/// <param name="Recovery">How long the lockout authorisation cannot be used after it was wrong; zero for until the next reset.</param>
public sealed record TpmLockout(bool IsLocked, uint Failures, uint MaxFailures, TimeSpan Interval, TimeSpan Recovery);
