namespace Lab.Trust.Tuf;

/// <summary>
/// Where a client keeps the metadata that it trusts, one file a role. What is read back is verified again, so a
/// store is asked for atomicity, not for integrity.
/// </summary>
public interface ITufStore
{
    /// <summary>The last bytes written for the role, or <c>null</c>.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>.</exception>
    byte[]? Read(string role);

    /// <summary>Replaces the role's bytes: after a power cut there is the old file or the new one, never a part of either.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>.</exception>
    void Write(string role, ReadOnlySpan<byte> content);
}
