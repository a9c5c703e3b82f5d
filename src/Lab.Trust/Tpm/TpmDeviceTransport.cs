namespace Lab.Trust.Tpm;

/// <summary>
/// A kernel TPM device. <c>/dev/tpmrm0</c> (with the kernel's resource manager) is the one to use; <c>/dev/tpm0</c> works too.
/// A command in the kernel cannot be cancelled: the driver's own time limits end it, so the token is looked at before sending only.
/// </summary>
public sealed class TpmDeviceTransport : ITpmTransport
{
    /// <summary>The device with the kernel's resource manager.</summary>
    public const string DefaultPath = "/dev/tpmrm0";

    private readonly FileStream device;

    /// <summary>Opens the device.</summary>
    /// <param name="path">Path of the character device.</param>
    /// <exception cref="TpmTransportException">There is no such device, or it may not be opened.</exception>
    public TpmDeviceTransport(string path = DefaultPath)
    {
        try
        {
            // No buffer: one write is one command, one read is one response.
            device = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TpmTransportException($"The TPM device {path} cannot be opened: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public byte[] Exchange(ReadOnlySpan<byte> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            device.Write(command);
            var buffer = new byte[Tpm2.MaxMessageSize];
            var count = device.Read(buffer);
            return buffer[..count];
        }
        catch (IOException e)
        {
            throw new TpmTransportException($"The TPM device {device.Name} failed: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => device.Dispose();
}
