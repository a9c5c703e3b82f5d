namespace Lab.Trust.Tpm;

/// <summary>An object loaded in a TPM. Disposing it flushes it when it is transient.</summary>
public sealed class TpmObject : IDisposable
{
    private const uint TransientFirst = 0x80000000;
    private const uint TransientLast = 0x80FFFFFF;
    private readonly Tpm2 tpm;
    private bool gone;

    internal TpmObject(Tpm2 tpm, uint handle, TpmPublic key, byte[] name)
    {
        this.tpm = tpm;
        Handle = handle;
        Public = key;
        Name = name;
    }

    /// <summary>Its handle in this TPM.</summary>
    public uint Handle { get; }

    /// <summary>Its public area.</summary>
    public TpmPublic Public { get; }

    /// <summary>Its name as the TPM says; equals <see cref="TpmPublic.ComputeName"/>.</summary>
    public byte[] Name { get; }

    /// <summary>What the TPM said when it made the object in this session of work; null for one that was loaded.</summary>
    public TpmCreation? Creation { get; internal init; }

    /// <summary>Flushes a transient object; an unreachable TPM is no error here.</summary>
    public void Dispose()
    {
        if (!gone && Handle is >= TransientFirst and <= TransientLast)
        {
            tpm.TryFlush(Handle);
        }

        gone = true;
    }
}
