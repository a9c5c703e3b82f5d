namespace Lab.Trust.Tpm;

/// <summary>A policy session. Disposing it flushes it.</summary>
public sealed class TpmSession : IDisposable
{
    private readonly Tpm2 tpm;
    private bool gone;

    internal TpmSession(Tpm2 tpm, uint handle, TpmAlgorithm hash)
    {
        this.tpm = tpm;
        Handle = handle;
        Hash = hash;
    }

    /// <summary>Its handle in this TPM.</summary>
    public uint Handle { get; }

    /// <summary>The hash of its policy digest.</summary>
    public TpmAlgorithm Hash { get; }

    /// <summary>Flushes the session; an unreachable TPM is no error here.</summary>
    public void Dispose()
    {
        if (!gone)
        {
            tpm.TryFlush(Handle);
        }

        gone = true;
    }
}
